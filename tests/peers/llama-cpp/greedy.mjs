// The greedy continuation of a prompt by llama.cpp: node greedy.mjs FILE.gguf PROMPT [MAX_TOKENS]
// Prints {"prompt_ids": [...], "greedy_ids": [...]}; the ids end before a token that ends a text.
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const [file, prompt, count = "64"] = process.argv.slice(2);
if (prompt === undefined || !(Number(count) >= 1)) {
  console.error("usage: node greedy.mjs FILE.gguf PROMPT [MAX_TOKENS]");
  process.exit(2);
}

const llama = await getLlama({ gpu: false, logLevel: LlamaLogLevel.error });
const model = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
const ids = model.tokenize(prompt);
if (model.tokens.shouldPrependBosToken) ids.unshift(model.tokens.bos);

// Flash attention rounds keys and values to 16 bits; without it the sums are those of float32, in another order.
const context = await model.createContext({ contextSize: ids.length + Number(count), flashAttention: false });
const greedy = [];
for await (const id of context.getSequence().evaluate(ids, { temperature: 0 })) {
  greedy.push(id);
  if (greedy.length >= Number(count)) break;
}

console.log(JSON.stringify({ prompt_ids: ids, greedy_ids: greedy }));
await llama.dispose();
