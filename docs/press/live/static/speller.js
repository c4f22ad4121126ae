// The page's own model: a word in, its sounds out, one by one. It is loaded when it is first asked; before, the page shows what torch made.
"use strict";

for (const root of document.querySelectorAll(".speller")) {
  const { draw, focus, load, make } = Live, View = SpellerView;
  const PAUSE = 140; // milliseconds between two sounds
  const { engine, model: packed, letters, longest, like: examples } = root.dataset;
  const like = JSON.parse(examples), full = !root.classList.contains("speller-small");
  const form = root.querySelector("form"), status = root.querySelector("[role=status]"), result = root.querySelector(".sp-result");
  const state = { word: "", how: "greedy", chosen: [], kind: "cross", head: null, at: 0, steps: [], letterLooks: [], beams: [] };
  let model = null, run = 0, plain = { word: "", sounds: "" };

  const tell = (text) => { status.textContent = text; };
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const pause = (quick) => new Promise((done) => { setTimeout(done, quick || still.matches ? 0 : PAUSE); });

  async function open() {
    await Promise.all([engine, packed].map(load));
    model = new Engine.Model(globalThis.packedSpeller);
    state.gates = model.gates;
    state.names = ["padding", "start", "end", ...model.phones];
  }

  // What is wrong with a word, in words; nothing if it can be said.
  function wrong(word) {
    const strange = [...word].find((letter) => !letters.includes(letter));
    if (!word) return "Type a word.";
    if (strange) return `The model was never shown “${strange}”. It knows a to z, the apostrophe, the hyphen and the dot.`;
    return word.length > longest ? `A word may have ${longest} letters; this one has ${word.length}.` : "";
  }

  // Take over an answer as it is so far: its tokens, and the model's state after each.
  function take(tokens, states) {
    state.letterLooks = states[0].source.attention;
    state.steps = tokens.map((token, i) => {
      const { logits, self, cross } = states[i + 1], shares = Engine.softmax(logits);
      return { token, name: state.names[token], share: shares[token], shares, self, cross };
    });
  }

  function* answers() {
    if (state.how !== "beam") {
      for (const [{ tokens, states }] of model.greedy([state.word], state.chosen)) yield take(tokens, states);
      return;
    }
    for (const [{ open: going, done }] of model.beam([state.word], 5, 5)) {
      const ended = done.map((one) => ({ ...one, ended: true }));
      state.beams = [...ended, ...going].slice(0, 5).map((one) => ({ ...one, sounds: model.sounds(one.tokens).join(" ") }));
      yield take(state.beams[0].tokens, state.beams[0].states);
    }
  }

  async function say({ quick = false } = {}) {
    const mine = ++run, word = form.elements.word.value.trim().toLowerCase(), fault = wrong(word);
    root.classList.remove("sp-saying"); // what was being said is not said to its end
    if (fault) return tell(fault);
    try {
      if (!model) {
        tell("Loading the model.");
        await open();
      }
    } catch {
      return tell("The model could not be loaded. Reload the page to try again.");
    }
    if (mine !== run) return;
    if (word !== state.word) Object.assign(state, { word, chosen: [], head: null });
    root.classList.toggle("sp-saying", !quick);
    for (const _ of answers()) {
      state.at = state.steps.length - 1;
      if (!quick) render(); // else the reader's focus would be lost with what is not there yet
      await pause(quick);
      if (mine !== run) return;
    }
    root.classList.remove("sp-saying");
    state.at = Math.max(0, Math.min(state.chosen.length, state.steps.length) - 1);
    render();
    finish();
  }

  // Say in words what came out, and what would have, had the reader changed nothing.
  function finish() {
    const sounds = state.steps.filter(({ name }) => like[name]).map(({ name }) => name).join(" ") || "nothing";
    const off = Object.values(model.gates).flat(2).filter((gate) => !gate).length;
    const changes = [off && `${off} ${off === 1 ? "head" : "heads"} off`, state.chosen.length && "a sound chosen"].filter(Boolean);
    if (!changes.length && state.how === "greedy") plain = { word: state.word, sounds };
    const before = changes.length && plain.word === state.word && plain.sounds !== sounds ? ` Before: ${plain.sounds}.` : "";
    tell(`${state.word}: ${sounds}${changes.length ? `, with ${changes.join(" and ")}` : ""}.${before}`);
  }

  const does = {
    at: (i, key) => { state.at = i; render(key); },
    show: (kind) => { Object.assign(state, { kind, head: null }); render(); },
    look: (head, key) => { state.head = head; render(key); },
    gate: (layer, head, on) => { model.gates[state.kind][layer][head] = Number(on); say({ quick: true }); },
    choose: (token) => { state.chosen = [...state.steps.slice(0, state.at).map((step) => step.token), token]; say({ quick: true }); },
  };

  // Take back what the reader changed; there is no button where nothing is.
  function again() {
    if (!state.chosen.length && !Object.values(model.gates).flat(2).includes(0)) return [];
    const back = () => {
      for (const gate of Object.values(model.gates).flat()) gate.fill(1);
      state.chosen = [];
      say({ quick: true }).then(() => focus(result, `chip-${state.at}`));
    };
    return [make("button", { type: "button", class: "sp-again", "data-key": "again", click: back }, "As it was trained")];
  }

  function render(key) {
    if (!state.steps.length) return;
    const title = (text) => make("p", { class: "sp-title" }, text), aside = make("p", { class: "sp-aside" }, View.KINDS[state.kind][1]);
    const maps = make("div", {}, ...(full ? [View.kinds(state, does)] : []), View.map(state), aside);
    const more = full ? [...(state.how === "beam" ? [View.beams(state)] : []), title("The heads, on and off"), View.heads(state, does)] : [];
    draw(result, View.chips(state, like, does),
      make("div", { class: "sp-columns" }, maps, make("div", {}, View.candidates(state, like, does), ...more, ...again())));
    if (key) focus(result, key);
  }

  // Sounds are heard by their example words, where the browser has a voice for English.
  const voice = () => globalThis.speechSynthesis?.getVoices().find(({ lang }) => /^en\b/i.test(lang));
  function listen() {
    if (!voice() || does.hear) return;
    does.hear = (word) => {
      const said = Object.assign(new SpeechSynthesisUtterance(word), { voice: voice(), lang: voice().lang, rate: 0.8 });
      speechSynthesis.cancel();
      speechSynthesis.speak(said);
    };
    render();
  }
  listen();
  globalThis.speechSynthesis?.addEventListener?.("voiceschanged", listen);

  form.addEventListener("submit", (event) => { event.preventDefault(); say(); });
  let wait;
  form.elements.word.addEventListener("input", () => {
    clearTimeout(wait);
    if (model) wait = setTimeout(() => say({ quick: true }), 250);
  });
  form.elements.how?.addEventListener("change", (event) => {
    Object.assign(state, { how: event.target.value, chosen: [] });
    if (model) say();
  });
}
