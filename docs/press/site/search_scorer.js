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
  headed: (place, query) => {
    const { titleterms } = Search._index;
    return query.filter((word) => Object.hasOwn(titleterms, word) && [titleterms[word]].flat().includes(place)).length;
  },

  // The pages with one heading that has all words of a query. Sphinx asks for the score of each page anew.
  about: (typed, query) => {
    if (Scorer.asked === typed) return Scorer.found;
    const found = new Set();
    for (const [heading, places] of Object.entries(Search._index.alltitles)) {
      const words = Scorer.words(heading);
      if (query.every((word) => words.includes(word))) places.forEach(([place]) => found.add(place));
    }
    Object.assign(Scorer, { asked: typed, found });
    return found;
  },

  score: ([page, title, anchor, , score, , kind]) => {
    const typed = new URLSearchParams(window.location.search).get("q") || "";
    const query = Scorer.words(typed);
    // A glossary entry is the best answer to a word, unless a section is about it.
    if (kind === SearchResultKind.index) return score * 0.18;
    // A name with an underscore is a name of the package.
    if (kind === SearchResultKind.object && typed.includes("_")) return score + 6;
    if (kind !== SearchResultKind.text || !query.length) return score;
    const name = Scorer.words(page.split("/").pop());
    const named = Scorer.words(title);
    if (name.every((word) => query.includes(word))) score += name.length === query.length ? 20 : 5;
    if (query.every((word) => named.includes(word))) score += 10;
    // Sphinx counts one word of the headings. A page with a heading that has all words is about them.
    const place = Search._index.docnames.indexOf(page);
    score += 2 * Math.max(Scorer.headed(place, query) - 1, 0);
    if (Scorer.about(typed, query).has(place)) score += 5;
    if (page === "write-it-yourself" && query.includes(Scorer.words("write")[0])) score += 25;
    // So many words are a pasted message, and two pages list the messages: torch's, and those of the command line.
    if (splitQuery(typed).length > 5 && /(errors|command-line)$/.test(page)) score += 30;
    // Among equals, a page that answers a question goes first, and one to look things up in last.
    if (title.endsWith("?")) score += 1;
    if (/^(reference|today)\//.test(page)) score -= 1; // the model of 2017 first
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
