// Asks a server with the official JavaScript client of OpenAI, and prints what it got as JSON.
// Usage: node client.mjs BASE_URL CLIENT_FOLDER
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [baseURL, folder] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/`));
const { default: OpenAI } = await import(pathToFileURL(require.resolve('openai')));
const client = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0, timeout: 20000 });
const tools = [{ type: 'function', function: { name: 'add', parameters: { type: 'object', properties: { a: { type: 'number' } } } } }];
const call = '<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>';
const ask = (content, more) => client.chat.completions.create({ model: 'fake', messages: [{ role: 'user', content }], ...more });

async function models() {
  const ids = [];
  for await (const model of client.models.list()) ids.push(model.id);
  return [...ids, (await client.models.retrieve('fake')).id];
}

async function chat() {
  const answer = await ask('Grüße 世界');
  return { text: answer.choices[0].message.content, reason: answer.choices[0].finish_reason, tokens: answer.usage.completion_tokens, adaptive: answer.adaptive.target };
}

async function stream() {
  const parts = await ask('one two', { stream: true, stream_options: { include_usage: true } });
  let text = '', reason = null, tokens = 0;
  for await (const part of parts) {
    text += part.choices[0]?.delta.content ?? '';
    reason ??= part.choices[0]?.finish_reason ?? null;
    tokens = part.usage?.completion_tokens ?? tokens;
  }
  return { text, reason, tokens };
}

async function tool() {
  const { message, finish_reason } = (await ask(call, { tools })).choices[0];
  return { name: message.tool_calls[0].function.name, arguments: JSON.parse(message.tool_calls[0].function.arguments), reason: finish_reason };
}

async function runTools() {
  let seen = null;
  const run = { type: 'function', function: { ...tools[0].function, parse: JSON.parse, function: (args) => { seen = args; return 'done'; } } };
  const runner = client.chat.completions.runTools({ model: 'fake', messages: [{ role: 'user', content: call }], tools: [run], stream: true });
  return { text: await runner.finalContent(), seen };
}

async function completion() {
  const answer = await client.completions.create({ model: 'fake', prompt: 'abc', max_tokens: 2, logprobs: 1 });
  return { text: answer.choices[0].text, reason: answer.choices[0].finish_reason, tokens: answer.choices[0].logprobs.tokens };
}

async function completionStream() {
  let text = '';
  for await (const part of await client.completions.create({ model: 'fake', prompt: 'abc', stream: true })) text += part.choices[0].text;
  return text;
}

async function errors() {
  const describe = (error) => ({ kind: error.constructor.name, status: error.status, code: error.code, param: error.param, type: error.type });
  const fails = (promise) => promise.then(() => 'no error', describe);
  return [await fails(ask('a', { temperature: 3 })), await fails(ask('a', { model: 'other' })), await fails(ask('a', { stream: true, top_p: 7 }))];
}

async function leave() {
  const parts = await ask('a'.repeat(500), { stream: true });
  for await (const part of parts) if (part.choices[0].delta.content) break; // ends the request
  return parts.controller.signal.aborted;
}

const results = {};
for (const step of [models, chat, stream, tool, runTools, completion, completionStream, errors, leave]) results[step.name] = await step();
console.log(JSON.stringify(results));
