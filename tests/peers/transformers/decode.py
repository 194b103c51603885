"""Decoding by Hugging Face transformers: python3 decode.py MODEL_DIR [DEVICE]

Prints rows for the table of `AdaptiveServe.Benchmarks decode`: for 1, 8 and 64 sequences of 64 tokens that are continued by 64 the
milliseconds of a step, without the prompt's, by `generate`; and for the last the tokens a second of continuous batching, where this version
of transformers has it.
"""

import sys
import time

import torch
import transformers

PROMPT, GENERATED, ROUNDS = 64, 64, 3
NAME = f"transformers {transformers.__version__}"


def synchronize(device):
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def seconds(device, action):
    """The best of some rounds after one of warming up."""
    action()
    times = []
    for _ in range(ROUNDS):
        synchronize(device)
        start = time.perf_counter()
        action()
        synchronize(device)
        times.append(time.perf_counter() - start)
    return min(times)


def continuous(model, device, prompts):
    """Tokens a second of continuous batching, prompts included, or why there are none."""
    if not hasattr(model, "generate_batch"):
        return "this version has none"
    config = transformers.GenerationConfig(max_new_tokens=GENERATED, do_sample=False, eos_token_id=-1, pad_token_id=0)
    try:
        taken = seconds(device, lambda: model.generate_batch(inputs=prompts, generation_config=config, progress_bar=False))
    except Exception as error:  # an experimental interface, which changes: what it said is the result
        return f"failed: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return f"{len(prompts) * GENERATED / taken:.0f}, prompts included"


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: decode.py MODEL_DIR [DEVICE]")
    device = sys.argv[2] if len(sys.argv) > 2 else "cuda"
    transformers.utils.logging.set_verbosity_error()
    model = transformers.AutoModelForCausalLM.from_pretrained(sys.argv[1], torch_dtype=torch.bfloat16).to(device).eval()
    with torch.inference_mode():
        for count in (1, 8, 64):
            ids = (torch.arange(PROMPT)[None, :] * 31 + torch.arange(count)[:, None] * 17) % 2000 + 3
            ids = ids.to(device)
            mask = torch.ones_like(ids)

            def generate(tokens, ids=ids, mask=mask):
                model.generate(
                    ids, attention_mask=mask, do_sample=False, max_new_tokens=tokens, min_new_tokens=tokens, pad_token_id=0)

            step = (seconds(device, lambda: generate(GENERATED + 1)) - seconds(device, lambda: generate(1))) / GENERATED
            print(f"| {NAME}, generate | {count} | {1e3 * step:.3f} ms | {count / step:.0f} | | |", flush=True)
        print(f"| {NAME}, continuous batching | {count} | | {continuous(model, device, ids.tolist())} | | |", flush=True)


if __name__ == "__main__":
    main()
