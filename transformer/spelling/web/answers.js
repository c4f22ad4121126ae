"use strict";

// What the engine says, for a program: node answers.js MODEL < questions.json, where MODEL is a script of pack.py.
// The questions are { greedy: words, looks: words, beam: words, best: number, off: [[kind, layer, head]] }. The answers are, for
// each word of `greedy` and `looks`, its tokens and the logits of each step, of `looks` also all attention weights; and for each
// word of `beam` the tokens and scores of the best answers of a beam of five.
const { readFileSync } = require("node:fs");
const { resolve } = require("node:path");
const Engine = require("./engine.js");

require(resolve(process.argv[2]));
const model = new Engine.Model(globalThis.packedSpeller), asked = JSON.parse(readFileSync(0, "utf8"));
for (const [kind, layer, head] of asked.off) model.gates[kind][layer][head] = 0;

const last = (steps) => [...steps].at(-1);
const inBatches = (words, size, say) => words.flatMap((_, i) => (i % size ? [] : last(say(words.slice(i, i + size)))));
const greedy = (words) => inBatches(words, 64, (some) => model.greedy(some));
const beam = (words) => inBatches(words, 16, (some) => model.beam(some, 5, asked.best));
const told = ({ tokens, states }) => ({ tokens, logits: states.slice(1).map(({ logits }) => Array.from(logits)) });
const seen = ({ source, states }) => {
  const plain = (layers) => layers.map((heads) => heads.map((weights) => Array.from(weights)));
  const [self, cross] = ["self", "cross"].map((kind) => states.slice(1).map((state) => plain(state[kind])));
  return { encoder: source.attention.map(plain), self, cross };
};
process.stdout.write(JSON.stringify({
  greedy: greedy(asked.greedy).map(told),
  looks: greedy(asked.looks).map((answer) => ({ ...told(answer), ...seen(answer) })),
  beam: beam(asked.beam).map(({ done }) => done.map(({ tokens, score }) => ({ tokens, score }))),
}));
