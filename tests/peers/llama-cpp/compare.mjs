// Decoding beside llama.cpp, turn by turn in one run: node compare.mjs [--quick] [--shapes D256x12,D288x6] [--threads 1,2]
// Prints, for each shape, format, number of threads and of sequences, the medians of a step and of a 512-token prompt, and their ratios.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, openSync, writeSync, closeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const SHAPES = {
  Tiny: { hidden: 32, layers: 1, heads: 2, intermediate: 64, vocabulary: 2048 },
  D256x12: { hidden: 256, layers: 12, heads: 8, intermediate: 688, vocabulary: 2048 },
  D288x6: { hidden: 288, layers: 6, heads: 6, intermediate: 768, vocabulary: 32000 },
  D768x12: { hidden: 768, layers: 12, heads: 12, intermediate: 2048, vocabulary: 32000 },
  D1024x24: { hidden: 1024, layers: 24, heads: 16, intermediate: 2816, vocabulary: 32000 },
};
const PROMPT = 64; // tokens of each sequence before it is decoded
const LONG_PROMPT = 512;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    shapes: { type: "string", default: "D256x12,D288x6,D768x12,D1024x24" },
    formats: { type: "string", default: "f16,q8_0" },
    threads: { type: "string", default: "1,2" },
    sequences: { type: "string", default: "1,8,32,64" },
    rounds: { type: "string", default: "" },
  },
});
const rounds = Number(options.rounds) || (options.quick ? 3 : 7);
const tokens = options.quick ? 24 : 64; // decoded in a turn
const list = (text) => text.split(",").filter((item) => item !== "");

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const bin = (project, name) => join(root, project, "bin/Release/net10.0/linux-x64", name);
const lab = bin("src/AdaptiveServe.Lab", "adaptiveserve-lab");
const probe = bin("tests/AdaptiveServe.Benchmarks", "AdaptiveServe.Benchmarks");
const folder = mkdtempSync(join(tmpdir(), "adaptiveserve-peers-"));

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** A folder with random bfloat16 weights in (-0.05, 0.05) and a tokenizer of bytes. */
function writeModel(name) {
  const { hidden, layers, heads, intermediate, vocabulary } = SHAPES[name];
  const path = join(folder, name);
  execFileSync("mkdir", ["-p", path]);
  writeFileSync(join(path, "config.json"), JSON.stringify({
    architectures: ["LlamaForCausalLM"], model_type: "llama", hidden_size: hidden, intermediate_size: intermediate,
    num_hidden_layers: layers, num_attention_heads: heads, num_key_value_heads: heads, vocab_size: vocabulary,
    max_position_embeddings: 16384, tie_word_embeddings: true, bos_token_id: 1, eos_token_id: 0,
  }));
  writeTokenizer(path);

  const tensors = [["model.embed_tokens.weight", [vocabulary, hidden]], ["model.norm.weight", [hidden]]];
  for (let layer = 0; layer < layers; layer++) {
    const prefix = `model.layers.${layer}.`;
    tensors.push([prefix + "input_layernorm.weight", [hidden]], [prefix + "post_attention_layernorm.weight", [hidden]]);
    for (const letter of "qkvo") tensors.push([`${prefix}self_attn.${letter}_proj.weight`, [hidden, hidden]]);
    for (const kind of ["gate", "up"]) tensors.push([`${prefix}mlp.${kind}_proj.weight`, [intermediate, hidden]]);
    tensors.push([prefix + "mlp.down_proj.weight", [hidden, intermediate]]);
  }
  writeSafetensors(join(path, "model.safetensors"), tensors);
  return path;
}

function writeSafetensors(path, tensors) {
  const header = {};
  let end = 0;
  for (const [name, shape] of tensors) {
    const begin = end;
    end += 2 * shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype: "BF16", shape, data_offsets: [begin, end] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = openSync(path, "w");
  writeSync(file, length);
  writeSync(file, text);
  const values = new Uint16Array(1 << 20), word = new Float32Array(1), bits = new Uint32Array(word.buffer);
  let state = 1;
  for (let left = end / 2; left > 0; left -= values.length) {
    for (let i = 0; i < values.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      word[0] = (state / 4294967296 - 0.5) * 0.1;
      values[i] = bits[0] >>> 16;
    }
    writeSync(file, new Uint8Array(values.buffer, 0, 2 * Math.min(left, values.length)));
  }
  closeSync(file);
}

/** GPT-2's characters of the bytes, after the tokens that end and begin a text. */
function writeTokenizer(path) {
  const isVisible = (byte) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  const vocab = { "</s>": 0, "<s>": 1 };
  let hidden = 0;
  for (let byte = 0; byte < 256; byte++) vocab[String.fromCharCode(isVisible(byte) ? byte : 0x100 + hidden++)] = 2 + byte;
  const special = (id, content) => ({ id, content, special: true });
  writeFileSync(join(path, "tokenizer.json"), JSON.stringify({
    added_tokens: [special(0, "</s>"), special(1, "<s>")],
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
    decoder: { type: "ByteLevel" },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>" } }, { Sequence: { id: "A" } }],
      special_tokens: { "<s>": { id: "<s>", ids: [1] } },
    },
    model: { type: "BPE", vocab, merges: [] },
  }));
  writeFileSync(join(path, "tokenizer_config.json"), JSON.stringify({ bos_token: "<s>", eos_token: "</s>" }));
}

function exportGguf(name, format) {
  const file = join(folder, `${name}-${format}.gguf`);
  execFileSync(lab, ["export", "gguf", "--model", join(folder, name), "--out", file, "--dtype", format], { stdio: ["ignore", "ignore", "inherit"] });
  return file;
}

const ids = (count, seed) => Array.from({ length: count }, (_, i) => 2 + (i * 31 + seed * 17) % 250);

/** llama.cpp with one model: milliseconds of a step of all sequences, and of a prompt to its first token. */
class Peer {
  static async open(llama, file, threads, sequences) {
    const peer = new Peer();
    peer.model = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
    peer.context = await peer.model.createContext({
      contextSize: PROMPT + tokens + 8, sequences, threads: { ideal: threads, min: threads }, batchSize: Math.max(512, sequences),
    });
    peer.sequences = Array.from({ length: sequences }, () => peer.context.getSequence());
    if (sequences === 1) {
      peer.long = await peer.model.createContext({ contextSize: LONG_PROMPT + 8, threads: { ideal: threads, min: threads }, batchSize: LONG_PROMPT });
      peer.longSequence = peer.long.getSequence();
    }
    return peer;
  }

  async step() {
    const spans = await Promise.all(this.sequences.map(async (sequence, number) => {
      await sequence.clearHistory();
      let first = 0, last = 0, count = 0;
      for await (const _ of sequence.evaluate(ids(PROMPT, number), { temperature: 0, yieldEogToken: true })) {
        last = performance.now();
        if (count++ === 0) first = last;
        if (count > tokens) break;
      }
      return { first, last };
    }));
    // All decode together from the last one's first token to the first one's last, near enough; their common span is what counts.
    const from = Math.min(...spans.map((span) => span.first)), to = Math.max(...spans.map((span) => span.last));
    return (to - from) / tokens;
  }

  async prompt() {
    await this.longSequence.clearHistory();
    const from = performance.now();
    for await (const _ of this.longSequence.evaluate(ids(LONG_PROMPT, 3), { temperature: 0, yieldEogToken: true })) break;
    return performance.now() - from;
  }

  async close() {
    await this.model.dispose();
  }
}

/** This server's kernels on the same weights: the medians of the same. */
function own(name, format, threads, sequences, context) {
  const dtype = format === "q8_0" ? "int8" : "auto";
  const output = execFileSync(probe, ["probe", join(folder, name), threads, sequences, context, "auto", dtype, options.quick ? 0.3 : 1].map(String), { encoding: "utf8" });
  const read = (line) => Number(new RegExp(`^  ${line} .*at best, +([0-9.]+) in the middle`, "m").exec(output)[1]);
  return { step: read("a step"), prompt: read("the prompts") };
}

async function overhead(llama, sequences) {
  const peer = await Peer.open(llama, tinyFile, 1, sequences);
  await peer.step();
  const times = [];
  for (let round = 0; round < rounds; round++) times.push(await peer.step());
  await peer.close();
  return median(times);
}

async function compare(llama, name, format, file, threads, sequences, script) {
  const peer = await Peer.open(llama, file, threads, sequences);
  await peer.step(); // warm
  const steps = [], prompts = [];
  for (let round = 0; round < rounds; round++) {
    const mine = own(name, format, threads, sequences, PROMPT + tokens / 2), theirs = await peer.step() - script;
    steps.push({ mine: mine.step, theirs, ratio: theirs / mine.step });
    if (sequences > 1) continue;
    const long = own(name, format, threads, 1, LONG_PROMPT), theirLong = await peer.prompt() - script;
    prompts.push({ mine: long.prompt, theirs: theirLong, ratio: long.prompt / theirLong });
  }
  await peer.close();
  const cells = [name, format, threads, sequences, ...summary(steps), ...(prompts.length > 0 ? summary(prompts) : ["", "", ""])];
  console.log(`| ${cells.join(" | ")} |`);
}

function summary(rows) {
  return [median(rows.map((row) => row.mine)).toFixed(3), median(rows.map((row) => row.theirs)).toFixed(3), median(rows.map((row) => row.ratio)).toFixed(2)];
}

let tinyFile;
try {
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: 0 });
  writeModel("Tiny");
  tinyFile = exportGguf("Tiny", "f16");
  const script = {};
  for (const count of list(options.sequences)) script[count] = await overhead(llama, Number(count));
  console.log(`A step of a model with next to nothing to compute, taken off: ${Object.entries(script).map(([n, ms]) => `${n}: ${ms.toFixed(3)} ms`).join(", ")}.`);
  console.log("Milliseconds; a step's ratio is llama.cpp's time to ours (more is better), a prompt's is ours to llama.cpp's (less is better).\n");
  console.log("| model | format | threads | sequences | step | llama.cpp | ratio | 512 tokens | llama.cpp | ratio |");
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
  for (const name of list(options.shapes)) {
    writeModel(name);
    for (const format of list(options.formats)) {
      const file = exportGguf(name, format);
      for (const threads of list(options.threads))
        for (const count of list(options.sequences)) await compare(llama, name, format, file, Number(threads), Number(count), script[count]);
      rmSync(file);
    }
    rmSync(join(folder, name), { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
