"use strict";

// What the engine says, for a program: node answers.js MODEL < questions.json, where MODEL is a script of pack.py.
// The questions are { greedy: words, looks: words, beam: words, off: [[kind, layer, head]] }. The answers are, for each word of
// `greedy` and `looks`, its tokens and the logits of each step, of `looks` also all attention weights; and for each word of `beam`
// the tokens of the five best answers with their scores.
const { readFileSync } = require("node:fs");
const { resolve } = require("node:path");
const Engine = require("./engine.js");

const TOGETHER = 64; // words that are read at once

require(resolve(process.argv[2]));
const model = new Engine.Model(globalThis.packedSpeller), asked = JSON.parse(readFileSync(0, "utf8"));
for (const [kind, layer, head] of asked.off) model.gates[kind][layer][head] = 0;

const last = (steps) => [...steps].at(-1);
const greedy = (words) => words.flatMap((_, i) => (i % TOGETHER ? [] : last(model.greedy(words.slice(i, i + TOGETHER)))));
const told = ({ tokens, states }) => ({ tokens, logits: states.slice(1).map(({ logits }) => Array.from(logits)) });
const seen = ({ source, states }) => {
  const plain = (layers) => layers.map((heads) => heads.map((weights) => Array.from(weights)));
  const [self, cross] = ["self", "cross"].map((kind) => states.slice(1).map((state) => plain(state[kind])));
  return { encoder: source.attention.map(plain), self, cross };
};
process.stdout.write(JSON.stringify({
  greedy: greedy(asked.greedy).map(told),
  looks: greedy(asked.looks).map((answer) => ({ ...told(answer), ...seen(answer) })),
  beam: asked.beam.map((word) => last(model.beam(word, 5, 5)).done.map(({ tokens, score }) => ({ tokens, score }))),
}));
