"use strict";

// The Transformer once more, in plain JavaScript: it runs in a page, and answers as the package does.
// `x` is a list of vectors of d_model numbers, one for each token; the tokens of several words stand in it one after the other.
// Weights are float32, all else is float64. Every attention weight is kept, and every head has a gate.
const Engine = (() => {
  const PAD = 0, START = 1, END = 2, SPECIAL = 3; // ids before the first symbol

  // W v + b for each vector v; W is a list of rows. Two vectors and four rows at a time, so that each number is read for many.
  function linear({ weight, bias }, x) {
    const width = x[0].length, out = weight.length, y = x.map(() => new Float64Array(out));
    for (let next = 0; next < out; next += 4) {
      const o = Math.min(next, out - 4), [w0, w1, w2, w3] = weight.slice(o, o + 4);
      for (let t = 0; t < x.length; t += 2) {
        const pair = Math.min(t + 1, x.length - 1), u = x[t], v = x[pair], yu = y[t], yv = y[pair];
        let u0 = 0, u1 = 0, u2 = 0, u3 = 0, v0 = 0, v1 = 0, v2 = 0, v3 = 0;
        for (let i = 0; i < width; i++) {
          const a = u[i], b = v[i], c0 = w0[i], c1 = w1[i], c2 = w2[i], c3 = w3[i];
          u0 += c0 * a, u1 += c1 * a, u2 += c2 * a, u3 += c3 * a;
          v0 += c0 * b, v1 += c1 * b, v2 += c2 * b, v3 += c3 * b;
        }
        yu[o] = u0, yu[o + 1] = u1, yu[o + 2] = u2, yu[o + 3] = u3;
        yv[o] = v0, yv[o + 1] = v1, yv[o + 2] = v2, yv[o + 3] = v3;
      }
    }
    if (bias) add(y, y.map(() => bias));
    return y;
  }

  function add(x, changes) {
    x.forEach((v, t) => {
      const change = changes[t];
      for (let i = 0; i < v.length; i++) v[i] += change[i];
    });
  }

  function layerNorm({ weight, bias }, x, eps) {
    return x.map((v) => {
      let mean = 0, variance = 0;
      for (let i = 0; i < v.length; i++) mean += v[i] / v.length;
      for (let i = 0; i < v.length; i++) variance += (v[i] - mean) ** 2 / v.length;
      const deviation = Math.sqrt(variance + eps);
      return v.map((a, i) => ((a - mean) / deviation) * weight[i] + bias[i]);
    });
  }

  function softmax(scores) {
    const largest = Math.max(...scores), powers = scores.map((score) => Math.exp(score - largest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  }

  function logSoftmax(scores) {
    const largest = Math.max(...scores), total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
    return scores.map((score) => score - largest - Math.log(total));
  }

  // The token of the highest score; padding is no answer.
  const likeliest = (scores) => scores.indexOf(Math.max(...scores.subarray(PAD + 1)), PAD + 1);

  const ended = ({ tokens }) => tokens.at(-1) === END;

  // One query against keys: in each head softmax(q k / sqrt(d_k)) over the keys, and the values mixed by it.
  function attend(query, keys, values, gates) {
    const size = query.length / gates.length, mixed = new Float64Array(query.length);
    const weights = gates.map((gate, head) => {
      const first = head * size, last = first + size, scores = new Float64Array(keys.length);
      keys.forEach((key, j) => {
        let score = 0;
        for (let i = first; i < last; i++) score += query[i] * key[i];
        scores[j] = score / Math.sqrt(size);
      });
      const shares = softmax(scores);
      values.forEach((value, j) => {
        const share = gate * shares[j];
        for (let i = first; i < last; i++) mixed[i] += share * value[i];
      });
      return shares;
    });
    return { mixed, weights };
  }

  // What pack.py wrote: the numbers of all matrices are int8, a step for each row and the vectors are float32.
  function unpack({ weights, floats, bytes }) {
    const decoded = (text) => {
      const letters = atob(text), found = new Uint8Array(letters.length);
      for (let i = 0; i < letters.length; i++) found[i] = letters.charCodeAt(i);
      return found.buffer;
    };
    const wide = new Float32Array(decoded(floats)), narrow = new Int8Array(decoded(bytes)), parts = {};
    let w = 0, n = 0;
    for (const [name, rows, columns] of weights) {
      const steps = wide.subarray(w, (w += rows)), whole = narrow.subarray(n, (n += rows * columns)), end = name.lastIndexOf(".");
      const row = (step, i) => new Float32Array(whole.subarray(i * columns, (i + 1) * columns)).map((number) => number * step);
      const found = columns ? Array.from(steps, row) : steps;
      (parts[name.slice(0, end)] ??= {})[name.slice(end + 1)] = found;
    }
    if (w !== wide.length || n !== narrow.length) throw new RangeError("the model is not whole");
    return parts;
  }

  class Model {
    constructor(packed) {
      const { config, letters, phones } = packed;
      Object.assign(this, { config, letters, phones, parts: unpack(packed) });
      const { d_model: width, max_length: longest } = this.config;
      this.positions = Array.from({ length: longest }, (_, position) => Float32Array.from({ length: width }, (_, i) => {
        const angle = position * Math.exp((i - (i % 2)) * (-Math.log(10000) / width));
        return i % 2 ? Math.cos(angle) : Math.sin(angle);
      }));
      this.open();
    }

    // Let every head take part: gates[kind][layer][head] is 1, and 0 would switch the head off.
    open() {
      const { num_layers: layers, num_heads: heads } = this.config;
      const ones = () => Array.from({ length: layers }, () => new Array(heads).fill(1));
      this.gates = { encoder: ones(), self: ones(), cross: ones() };
    }

    embed(name, token, position) {
      const scale = Math.sqrt(this.config.d_model), place = this.positions[position];
      return Float64Array.from(this.parts[name].weight[token], (a, i) => a * scale + place[i]);
    }

    linear(name, x) {
      return linear(this.parts[name], x);
    }

    norm(name, x) {
      return layerNorm(this.parts[name], x, this.config.layer_norm_eps);
    }

    feedForward(name, x) {
      const hidden = this.linear(`${name}.linear_in`, this.norm(`${name}_add_norm.norm`, x));
      return this.linear(`${name}.linear_out`, hidden.map((v) => v.map((a) => Math.max(a, 0))));
    }

    // Read words: for each its keys and values for every decoder layer, and the weights attention[letter][layer][head][letter].
    encode(words) {
      const ids = words.map((word) => [...word].map((letter) => SPECIAL + this.letters.indexOf(letter)));
      const bad = words.find((_, w) => !ids[w].length || ids[w].length > this.config.max_length || ids[w].includes(SPECIAL - 1));
      if (bad !== undefined) throw new RangeError(`a word must have 1 to ${this.config.max_length} known letters, got ${bad}`);
      const spans = ids.map((word, w) => [ids.slice(0, w).flat().length, ids.slice(0, w + 1).flat().length]);
      const spanOf = ids.flatMap((word, w) => word.map(() => spans[w])), attention = spanOf.map(() => []);
      let x = ids.flatMap((word) => word.map((id, t) => this.embed("source_embedding.embedding", id, t)));
      for (let layer = 0; layer < this.config.num_layers; layer++) {
        const name = `encoder.layers.${layer}`, y = this.norm(`${name}.self_attention_add_norm.norm`, x);
        const [q, k, v] = ["q", "k", "v"].map((part) => this.linear(`${name}.self_attention.${part}_proj`, y));
        const heads = q.map((query, t) => attend(query, k.slice(...spanOf[t]), v.slice(...spanOf[t]), this.gates.encoder[layer]));
        heads.forEach(({ weights }, t) => attention[t].push(weights));
        add(x, this.linear(`${name}.self_attention.out_proj`, heads.map(({ mixed }) => mixed)));
        add(x, this.feedForward(`${name}.feed_forward`, x));
      }
      x = this.norm("encoder.final_norm", x);
      const sources = spans.map((span) => ({ attention: attention.slice(...span), keys: [], values: [] }));
      for (let layer = 0; layer < this.config.num_layers; layer++) {
        const [k, v] = ["k", "v"].map((part) => this.linear(`decoder.layers.${layer}.cross_attention.${part}_proj`, x));
        sources.forEach((source, w) => { source.keys.push(k.slice(...spans[w])); source.values.push(v.slice(...spans[w])); });
      }
      return sources;
    }

    // Read one more token in every row, after what its state has read: new states with the scores of what comes next, and the
    // weights self[layer][head][token] and cross[layer][head][letter]. A state is a link of a chain, so beams share their past.
    step(states, tokens) {
      const made = states.map((past) => {
        return { past, source: past.source, length: past.length + 1, keys: [], values: [], self: [], cross: [] };
      });
      const chains = made.map((state) => {
        const chain = [];
        for (let link = state; link.length; link = link.past) chain.unshift(link);
        return chain;
      });
      let x = tokens.map((token, row) => this.embed("target_embedding.embedding", token, states[row].length));
      for (let layer = 0; layer < this.config.num_layers; layer++) {
        const name = `decoder.layers.${layer}`, y = this.norm(`${name}.self_attention_add_norm.norm`, x);
        const [q, k, v] = ["q", "k", "v"].map((part) => this.linear(`${name}.self_attention.${part}_proj`, y));
        made.forEach((state, row) => { state.keys.push(k[row]); state.values.push(v[row]); });
        const back = q.map((query, row) => {
          const [keys, values] = ["keys", "values"].map((part) => chains[row].map((link) => link[part][layer]));
          return attend(query, keys, values, this.gates.self[layer]);
        });
        add(x, this.linear(`${name}.self_attention.out_proj`, back.map(({ mixed }) => mixed)));
        const asked = this.linear(`${name}.cross_attention.q_proj`, this.norm(`${name}.cross_attention_add_norm.norm`, x));
        const over = asked.map((query, row) =>
          attend(query, made[row].source.keys[layer], made[row].source.values[layer], this.gates.cross[layer]));
        add(x, this.linear(`${name}.cross_attention.out_proj`, over.map(({ mixed }) => mixed)));
        add(x, this.feedForward(`${name}.feed_forward`, x));
        made.forEach((state, row) => { state.self.push(back[row].weights); state.cross.push(over[row].weights); });
      }
      const logits = this.linear("output_proj", this.norm("decoder.final_norm", x));
      return made.map((state, row) => Object.assign(state, { logits: logits[row] }));
    }

    // Beginnings of answers, one for each word: the tokens so far, and the states after them.
    begin(words) {
      return this.encode(words).map((source) => ({ source, tokens: [], states: [{ source, length: 0 }] }));
    }

    // Let each row read its last token.
    read(rows) {
      const made = this.step(rows.map(({ states }) => states.at(-1)), rows.map(({ tokens }) => tokens.at(-1) ?? START));
      rows.forEach(({ states }, row) => { states.push(made[row]); });
    }

    // The likeliest token at every step, or a chosen one; the answers so far are given after each step.
    *greedy(words, chosen = []) {
      const answers = this.begin(words);
      let open = answers;
      for (let length = 0; length < this.config.max_length && open.length; length++) {
        this.read(open);
        for (const { tokens, states } of open) tokens.push(chosen[length] ?? likeliest(states.at(-1).logits));
        open = open.filter((row) => !ended(row));
        yield answers;
      }
    }

    // The `best` answers of highest score, the log-probability / ((5 + length) / 6) ** penalty, in `done`; `size` beginnings are
    // followed, in `open`. The searches so far are given after each step.
    *beam(words, size = 5, best = 1, penalty = 0.6) {
      const longest = this.config.max_length, divisor = (length) => ((5 + length) / 6) ** penalty;
      const byScore = (a, b) => b.score - a.score;
      const searches = this.begin(words).map((row) => ({ open: [{ ...row, total: 0 }], done: [] }));
      let going = searches;
      for (let length = 1; going.length; length++) {
        this.read(going.flatMap(({ open }) => open));
        for (const search of going) {
          const near = search.open.flatMap(({ total, tokens, states }) => {
            const sums = Array.from(logSoftmax(states.at(-1).logits), (share) => total + share);
            const next = (sum, token) => {
              return { total: sum, score: sum / divisor(length), tokens: [...tokens, token], states: [...states] };
            };
            return sums.map(next).slice(PAD + 1);
          }).sort(byScore).slice(0, 2 * size);
          const open = near.filter((row) => !ended(row)).slice(0, size), ends = near.slice(0, size).filter(ended);
          search.done = [...search.done, ...ends, ...(length === longest ? open : [])].sort(byScore).slice(0, best);
          search.open = length === longest ? [] : open;
        }
        yield searches;
        const mayWin = ({ open, done }) => done.length < best || open[0].total / divisor(longest) > done.at(-1).score;
        going = going.filter((search) => search.open.length && mayWin(search));
      }
    }

    sounds(tokens) {
      return tokens.filter((token) => token >= SPECIAL).map((token) => this.phones[token - SPECIAL]);
    }
  }

  return { Model, softmax, END, PAD };
})();
if (typeof module !== "undefined") module.exports = Engine;
