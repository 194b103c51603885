// Plain decoding against other settings of a running server: the same questions, the settings in turn for each, wall clock over HTTP.
//   node compare.mjs --questions heldout.jsonl [--url http://127.0.0.1:8080] [--limit 100] [--temperature 0] [--concurrency 1] NAME='{"proposal": "small"}' ...
// The questions are lines with a prompt and a task, as `adaptiveserve-lab demo-data` writes them. Greedy answers must be equal where the
// report says exact.
import { readFileSync } from 'node:fs';

const options = { url: 'http://127.0.0.1:8080', limit: '100', temperature: '0', concurrency: '1' };
const settings = [['plain', {}]];
for (let i = 2; i < process.argv.length; i++) {
  const argument = process.argv[i];
  if (argument.startsWith('--')) options[argument.slice(2)] = process.argv[++i];
  else settings.push([argument.slice(0, argument.indexOf('=')), JSON.parse(argument.slice(argument.indexOf('=') + 1))]);
}

const questions = readFileSync(options.questions, 'utf8').trim().split('\n').slice(0, Number(options.limit)).map(line => JSON.parse(line));

async function ask(question, adaptive, seed) {
  const started = performance.now();
  const response = await fetch(`${options.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      model: 'demo', messages: [{ role: 'user', content: question.prompt }], temperature: Number(options.temperature), seed, max_tokens: 300, adaptive,
    }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(body));
  return { milliseconds: performance.now() - started, tokens: body.usage.completion_tokens, text: body.choices[0].message.content, adaptive: body.adaptive };
}

const totals = settings.map(() => ({ milliseconds: 0, tokens: 0, drafted: 0, accepted: 0, forwards: 0, different: 0, tasks: {} }));

function count(index, question, reply, plain) {
  const total = totals[index], task = (total.tasks[question.task] ??= { milliseconds: 0, tokens: 0 });
  for (const sum of [total, task]) {
    sum.milliseconds += reply.milliseconds;
    sum.tokens += reply.tokens;
  }
  total.drafted += reply.adaptive.drafted;
  total.accepted += reply.adaptive.accepted;
  total.forwards += reply.adaptive.forwards.large;
  if (reply.adaptive.exact && reply.text !== plain.text) total.different++;
}

const group = Number(options.concurrency);
for (let round = 0; round < 2; round++) { // the first one only warms up
  for (let from = 0; from < questions.length; from += group) {
    const some = questions.slice(from, from + group);
    let plain = [];
    for (let index = 0; index < settings.length; index++) {
      const started = performance.now();
      const replies = await Promise.all(some.map((question, i) => ask(question, settings[index][1], from + i)));
      const elapsed = performance.now() - started;
      if (index === 0) plain = replies;
      if (round === 0) continue;
      // Of questions asked at once each takes its share of the time.
      replies.forEach((reply, i) => count(index, some[i], group === 1 ? reply : { ...reply, milliseconds: elapsed / some.length }, plain[i]));
    }
    if (round === 0 && from >= 20) break;
  }
}

const rate = total => total.tokens / total.milliseconds;
for (let index = 0; index < settings.length; index++) {
  const total = totals[index], ratios = Object.entries(total.tasks).map(([task, sum]) => [rate(sum) / rate(totals[0].tasks[task]), task]).sort((a, b) => a[0] - b[0]);
  console.log(`| ${settings[index][0]} | ${(total.milliseconds / total.tokens).toFixed(3)} | ${(rate(total) / rate(totals[0])).toFixed(2)} | ${(total.tokens / total.forwards).toFixed(2)}`
    + ` | ${total.drafted ? (100 * total.accepted / total.drafted).toFixed(0) : ''} | ${ratios[0][0].toFixed(2)} (${ratios[0][1]}) | ${ratios.at(-1)[0].toFixed(2)} (${ratios.at(-1)[1]}) | ${total.different} |`);
}
