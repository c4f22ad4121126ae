// What comes first among the pages that the search has found. Sphinx puts this before its own script, which takes it as it is.
var Scorer = {
  // Sphinx's own points.
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,

  // The words that count: as Sphinx's search reads a query.
  words: (text) => {
    const stemmer = new Stemmer();
    return splitQuery(text.toLowerCase())
      .filter((word) => !stopwords.has(word) && !/^\d+$/.test(word))
      .map((word) => stemmer.stemWord(word));
  },

  // How many words of a query stand in the headings of a page.
  headed: (page, query) => {
    const { docnames, titleterms } = Search._index;
    const place = docnames.indexOf(page);
    return query.filter((word) => Object.hasOwn(titleterms, word) && [titleterms[word]].flat().includes(place)).length;
  },

  score: ([page, title, anchor, , score, , kind]) => {
    const typed = new URLSearchParams(window.location.search).get("q") || "";
    const query = Scorer.words(typed);
    // A glossary entry is the best answer to a word, unless a whole page is about it.
    if (kind === SearchResultKind.index) return score * 0.24;
    if (kind !== SearchResultKind.text || !query.length) return score;
    const name = Scorer.words(page.split("/").pop());
    const named = Scorer.words(title);
    if (name.every((word) => query.includes(word))) score += name.length === query.length ? 20 : 10;
    if (query.every((word) => named.includes(word))) score += 10;
    // Sphinx counts one word of a heading. A page whose headings have all the words is about them.
    const headed = Scorer.headed(page, query);
    score += 2 * Math.max(headed - 1, 0) + (headed === query.length ? 5 : 0);
    // So many words are a pasted message, and two pages list the messages: torch's, and those of the command line.
    if (splitQuery(typed).length > 5 && /(errors|command-line)$/.test(page)) score += 30;
    // Among equals, a page that answers a question goes first, and one to look things up in last.
    if (title.endsWith("?")) score += 1;
    if (page.startsWith("reference/")) score -= 1;
    if (/\/(ledger|changelog)$/.test(page)) score -= 2; // lists of all that stands elsewhere
    if (page === "index") score -= 20; // and so is the first page
    return score;
  },
};

// A sentence around the words costs the whole page that it stands in, so the first results alone show one: a phone has room for no more.
// Sphinx asks at each result, the best first. A page on disk may not read other pages, and shows none.
{
  let left = window.location.protocol === "file:" ? 0 : 3;
  Object.defineProperty(DOCUMENTATION_OPTIONS, "SHOW_SEARCH_SUMMARY", { get: () => left-- > 0 });
}

// The sentence is one that the page tells: not its buttons, its contents, its title, which names the result, or its folded code.
Search.htmlToText = (html, anchor) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const told = (anchor && page.getElementById(anchor.slice(1))) || page.querySelector("article");
  told.querySelectorAll("h1, .headerlink, details.hide").forEach((part) => part.remove());
  return told.textContent.replace(/\s+/g, " ");
};
