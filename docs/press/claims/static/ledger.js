// Filters the ledger by verdict, page and words. The choice stands in the address, so that it can be linked to:
// ledger.html#verdict=refuted&page=notes/masks&text=padding
(() => {
  const section = document.getElementById("ledger-all");
  if (!section) return;
  const root = new URL(document.documentElement.dataset.content_root, location.href).href;
  const order = ["holds", "refuted", "depends", "opinion"];

  const groups = [...section.querySelectorAll(".ledger-group")].map((element) => {
    const link = element.querySelector(".ledger-page a");
    const rows = [...element.querySelectorAll("tbody tr")].map((row) => {
      const verdict = row.querySelector(".claim-verdict");
      const id = row.querySelector("a").hash.slice(1);
      return {
        element: row,
        verdict: order.find((name) => verdict.classList.contains(`verdict-${name}`)),
        badge: verdict,
        text: `${row.cells[0].textContent} ${id} ${id.replaceAll("-", " ")}`.toLowerCase(),
      };
    });
    const page = link.href.slice(root.length).replace(/\.html.*$/, "");
    return { element, page, title: link.textContent, rows };
  });
  const rows = groups.flatMap((group) => group.rows);

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const text = make("input", { type: "search", id: "ledger-text", autocomplete: "off", spellcheck: false });
  const page = make("select", { id: "ledger-page" }, new Option("every page", ""));
  page.append(...groups.map((group) => new Option(group.title, group.page)));
  const verdicts = order
    .map((name) => ({ name, rows: rows.filter((row) => row.verdict === name) }))
    .filter((verdict) => verdict.rows.length)
    .map(({ name, rows: found }) => {
      const box = make("input", { type: "checkbox", name: "verdict", value: name });
      const label = make("label", {}, box, " ", found[0].badge.cloneNode(true), ` ${found.length}`);
      return { name, box, label };
    });
  const clear = make("button", { type: "reset", className: "ledger-clear", textContent: "Show every claim" });
  const count = make("p", { className: "ledger-count" });
  count.setAttribute("role", "status");
  const form = make(
    "form",
    { className: "ledger-filter" },
    make("div", { className: "ledger-field" }, make("label", { htmlFor: text.id, textContent: "Words in the claim" }), text),
    make("div", { className: "ledger-field" }, make("label", { htmlFor: page.id, textContent: "Page" }), page),
    make("fieldset", {}, make("legend", { textContent: "Verdict" }), ...verdicts.map((verdict) => verdict.label)),
    make("div", { className: "ledger-shown" }, count, clear),
  );
  form.setAttribute("role", "search");
  form.setAttribute("aria-label", "Filter the claims");
  section.querySelector("h2").after(form);

  const show = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = verdicts.filter((verdict) => verdict.box.checked).map((verdict) => verdict.name);
    let shown = 0;
    for (const group of groups) {
      let here = 0;
      for (const row of group.rows) {
        const fits =
          (!page.value || page.value === group.page) &&
          (!wanted.length || wanted.includes(row.verdict)) &&
          words.every((word) => row.text.includes(word));
        row.element.hidden = !fits;
        here += fits;
      }
      group.element.hidden = !here;
      shown += here;
    }
    const all = shown === rows.length;
    count.textContent = all ? `${shown} claims` : shown ? `${shown} of ${rows.length} claims` : "No claim fits. Try fewer words.";
    clear.hidden = all;
  };

  const address = () => {
    const wanted = verdicts.filter((verdict) => verdict.box.checked).map((verdict) => verdict.name);
    const parts = Object.entries({ verdict: wanted.join(","), page: page.value, text: text.value.trim() }).filter((part) => part[1]);
    return parts.map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%2C", ",")}`).join("&");
  };

  const read = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    if (!["verdict", "page", "text"].some((name) => given.has(name))) return;
    const wanted = (given.get("verdict") || "").split(",");
    for (const verdict of verdicts) verdict.box.checked = wanted.includes(verdict.name);
    page.value = given.get("page") || "";
    if (page.selectedIndex < 0) page.value = "";
    text.value = given.get("text") || "";
    section.scrollIntoView();
  };

  const changed = () => {
    show();
    const chosen = address();
    history.replaceState(null, "", chosen ? `#${chosen}` : "#ledger-all");
  };

  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    setTimeout(() => {
      changed();
      text.focus();
    });
  });
  addEventListener("hashchange", () => {
    read();
    show();
  });
  read();
  show();
})();
