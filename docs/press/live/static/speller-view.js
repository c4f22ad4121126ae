// How the speller's widget looks: each function makes a part of it from the state, and hands what the reader does to `does`.
"use strict";

const SpellerView = (() => {
  const { make, moved } = Live;
  const SPACE = "http://www.w3.org/2000/svg";
  const SHOWN = 0.045, DRAWN = 0.02; // the least share that is written into a cell, and that is drawn in a small picture
  const MANY = 12; // columns beyond which a cell is too narrow for a number
  const KINDS = {
    cross: ["sounds → letters", "Each row is a sound: where in the word the decoder looked as it chose it."],
    encoder: ["letters → letters", "Each row is a letter: which letters the encoder took into account for it."],
    self: ["sounds → sounds", "Each row is a sound: which of those before it the decoder looked back at. What lies ahead is masked."],
  };

  const percent = (share) => (share < 0.0005 ? "0 %" : share < 0.0995 ? `${(100 * share).toFixed(1)} %` : `${Math.round(100 * share)} %`);

  // Words that are read aloud, and not seen.
  const read = (words) => make("span", { class: "sp-read" }, words);
  const sound = (name, like) => make("span", {}, make("b", {}, name), make("small", {}, like[name] ? ` ${like[name]}` : ""));

  // The rows of a picture: of one head, or the mean of all.
  const rowsOf = (state, [layer, head]) => looks(state).map((layers) => layers[layer][head]);
  const looks = ({ kind, letterLooks, steps }) => (kind === "encoder" ? letterLooks : steps.map((step) => step[kind]));
  const meanOf = (state) => looks(state).map((layers) => {
    const all = layers.flat();
    return Array.from(all[0], (_, j) => all.reduce((sum, weights) => sum + weights[j], 0) / all.length);
  });
  const names = ({ kind, word, steps }) => {
    const sounds = steps.map(({ name }) => name);
    return [kind === "encoder" ? [...word] : sounds, kind === "self" ? ["start", ...sounds.slice(0, -1)] : [...word]];
  };

  function map(state) {
    const [rows, columns] = names(state), values = state.head ? rowsOf(state, state.head) : meanOf(state);
    const which = state.head ? `layer ${state.head[0] + 1}, head ${state.head[1] + 1}` : "mean of all heads";
    const head = make("tr", {}, make("td"), ...columns.map((name) => make("th", { scope: "col" }, name)));
    const body = values.map((shares, i) => make("tr", { class: state.kind !== "encoder" && i === state.at ? "sp-at" : false },
      make("th", { scope: "row" }, rows[i]),
      ...columns.map((_, j) => (j < shares.length ? cell(shares[j]) : make("td", { class: "sp-ahead" })))));
    return make("table", {
      class: `sp-map${columns.length > MANY ? " sp-narrow" : ""}`, style: `--columns: ${columns.length}; --rows: ${rows.length}`,
    }, make("caption", {}, `${KINDS[state.kind][0]}, ${which} (%)`), make("thead", {}, head), make("tbody", {}, ...body));
  }

  function cell(share) {
    const number = make("span", { class: share < SHOWN ? "sp-small" : false }, String(Math.round(100 * share)));
    return make("td", { style: `--share: ${share.toFixed(3)}` }, number);
  }

  function picture(values) {
    const svg = document.createElementNS(SPACE, "svg");
    const width = Math.max(...values.map((shares) => shares.length));
    for (const [name, value] of [["viewBox", `0 0 ${width} ${values.length}`], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]]) {
      svg.setAttribute(name, value);
    }
    values.forEach((shares, y) => shares.forEach((share, x) => {
      if (share < DRAWN) return;
      const box = document.createElementNS(SPACE, "rect");
      for (const [name, value] of Object.entries({ x, y, width: 1.02, height: 1.02, "fill-opacity": share.toFixed(2) })) {
        box.setAttribute(name, value);
      }
      svg.append(box);
    }));
    return svg;
  }

  function kinds(state, does) {
    return make("div", { class: "sp-kinds", role: "group", "aria-label": "Which attention" }, ...Object.entries(KINDS).map(([kind, [name]]) =>
      make("button", { type: "button", "aria-pressed": String(kind === state.kind), "data-key": `kind-${kind}`, click: () => does.show(kind) }, name)));
  }

  function heads(state, does) {
    const gates = state.gates[state.kind], count = gates.flat().length, width = gates[0].length;
    const place = ([layer, head]) => layer * width + head, stop = state.head ? place(state.head) : 0;
    const one = (layer, head) => {
      const at = place([layer, head]), chosen = state.head !== null && at === stop, named = `head ${head + 1} of layer ${layer + 1}`;
      const look = make("button", {
        type: "button", class: "sp-look", "aria-pressed": String(chosen), "data-key": `look-${at}`, "aria-label": `Show ${named}`,
        tabindex: at === stop ? "0" : "-1", click: () => does.look(chosen ? null : [layer, head]),
        keydown: (event) => {
          const next = moved(event, at, count, width);
          if (next !== null) does.look([Math.floor(next / width), next % width], `look-${next}`);
        },
      }, picture(rowsOf(state, [layer, head])));
      const box = make("input", {
        type: "checkbox", checked: gates[layer][head] === 1, "data-key": `gate-${at}`, "aria-label": `Use ${named}`,
        change: (event) => does.gate(layer, head, event.target.checked),
      });
      return make("div", { class: `sp-head${gates[layer][head] ? "" : " sp-off"}` }, look, make("label", {}, box, ` ${head + 1}`));
    };
    return make("div", { class: "sp-heads" }, ...gates.map((row, layer) =>
      make("div", { class: "sp-layer", role: "group", "aria-label": `Layer ${layer + 1}` },
        make("span", { class: "sp-name" }, `layer ${layer + 1}`), ...row.map((_, head) => one(layer, head)))));
  }

  function chips(state, like, does) {
    const one = ({ name, share, token }, i) => make("button", {
      type: "button", class: `sp-chip${state.chosen[i] === undefined ? "" : " sp-chosen"}${like[name] ? "" : " sp-end"}`,
      "aria-pressed": String(i === state.at), "data-key": `chip-${i}`, tabindex: i === state.at ? "0" : "-1",
      click: () => does.at(i),
      keydown: (event) => {
        const next = moved(event, i, state.steps.length);
        if (next !== null) does.at(next, `chip-${next}`);
      },
    }, make("b", {}, name), " ", make("small", {}, percent(share)), read(like[name] ? `, as in ${like[name]}` : ""));
    return make("ol", { class: "sp-chips", "aria-label": "The sounds; arrow keys move among them" },
      ...state.steps.map((step, i) => make("li", {}, one(step, i))));
  }

  function candidates(state, like, does) {
    const { name, token, shares } = state.steps[state.at], beam = state.how === "beam";
    const order = Array.from(shares, (share, other) => ({ share, token: other, name: state.names[other] }));
    const five = order.slice(1).sort((a, b) => b.share - a.share).slice(0, 5);
    const one = (other) => make("li", {}, make("button", {
      type: "button", "aria-pressed": String(other.token === token), "data-key": `say-${other.token}`, disabled: beam,
      style: `--share: ${other.share.toFixed(4)}`, click: () => does.choose(other.token),
    }, read(other.token === token ? "" : "Say "), sound(other.name, like), " ", make("span", {}, percent(other.share)),
    read(other.token === token ? ", said" : " instead")));
    const title = make("p", { class: "sp-title" }, `Sound ${state.at + 1}: ${name}${like[name] ? `, as in ${like[name]}` : ""} `);
    if (does.hear && like[name]) title.append(make("button", { type: "button", "data-key": "hear", click: () => does.hear(like[name]) }, `Hear “${like[name]}”`));
    const aside = beam ? "A beam chooses whole answers, so no single sound can be chosen." : "Press a sound to have it said instead: the rest follows from it.";
    return make("div", { class: "sp-choice" }, title, make("ol", { class: "sp-candidates" }, ...five.map(one)), make("p", { class: "sp-aside" }, aside));
  }

  function beams({ beams: found }) {
    const rows = found.map(({ sounds, score, ended }) => make("tr", { class: ended ? false : "sp-open" },
      make("td", {}, sounds || "–"), make("td", {}, ended ? score.toFixed(2) : "open")));
    const head = make("tr", {}, make("th", { scope: "col" }, "sounds"), make("th", { scope: "col" }, "score"));
    return make("table", { class: "sp-beams" }, make("caption", {}, "The beam of five"), make("thead", {}, head), make("tbody", {}, ...rows));
  }

  return { KINDS, map, kinds, heads, chips, candidates, beams };
})();
