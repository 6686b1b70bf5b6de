"""Rollouts of the twin, to measure the kit's beside them: what src/model/rollout.ts does, in PyTorch.

The first line on standard input is a job (bench/rolloutPrograms.ts), each further one a request, all
of them JSON. Answered are

    {"open": way, "responses": [[id]]}  -> {"logProbs": [[ln p]], "threads": n, "rows": n, "software": name}
    {"run": way}                        -> {"seconds": s, "tokens": n, "steps": responses}

and with {"error": reason} to what fails. The responses to check, equally many for each checked
prompt, are forced through the very steps that are measured, and the log-probabilities of their tokens
told. Threads and rows computed at once are those that are fastest in short trials.
"""

import base64
import json
import sys
import time

import torch

from decoding import Decoder, draw, first_rows, new_past, read
from model import Twin, load

# A trial of a way's settings: seconds, roughly, and how often, of which the fastest counts.
TRIAL_SECONDS = 0.2
TRIALS = 3
# Of each response, at least.
FEWEST_TOKENS = 4


class Way:
    """One way to decode: a model in its precision, and the settings in which it is fastest."""

    def __init__(self, job, way):
        self.model = Twin(job["config"], max(job["generated"], len(job["prompts"][0])))
        load(self.model, torch.frombuffer(job["params"], dtype=torch.float32))
        if way["precision"] == "bf16":
            self.model.bfloat16()
        self.caches = way["caches"]
        self.samples = way.get("samples", job["samples"])
        self.generated = job["generated"]
        self.bos = job["bos"]
        self.prompts = torch.tensor(job["prompts"])
        rows = len(self.prompts) * self.samples
        self.counted = min(self.generated, max(FEWEST_TOKENS, way.get("lapTokens", 2**31) // rows))
        alone = self.fastest([(threads, 1) for threads in job["threads"]])
        fitting = [together for together in way["together"] if together <= len(self.prompts)]
        self.threads, self.together = self.fastest([(alone[0], n) for n in fitting])

    def fastest(self, choices):
        """Of pairs of threads and of prompts computed together, that of the least time."""
        if len(choices) == 1:
            return choices[0]
        costs = {choice: self.cost(choice, FEWEST_TOKENS) for choice in choices}
        tokens = {
            choice: max(FEWEST_TOKENS, min(self.counted, int(TRIAL_SECONDS / cost)))
            for choice, cost in costs.items()
        }
        for _ in range(TRIALS):
            for choice in choices:
                costs[choice] = min(costs[choice], self.cost(choice, tokens[choice]))
        return min(choices, key=lambda choice: costs[choice] / choice[1])

    def cost(self, choice, tokens):
        """Seconds for a token of each row."""
        threads, together = choice
        return self.lap(self.prompts[:together], tokens, threads, together) / tokens

    def run(self):
        seconds = self.lap(self.prompts, self.counted, self.threads, self.together)
        responses = len(self.prompts) * self.samples
        return {"seconds": seconds, "tokens": responses * self.counted, "steps": responses}

    @torch.inference_mode()
    def lap(self, prompts, counted, threads, together):
        """Seconds that `counted` tokens of every row take, reading the prompts included.

        Fewer than all are those in the middle of the responses, where a token costs what it does on
        the average, and their share of the reading.
        """
        torch.set_num_threads(threads)
        first = (self.generated - counted) // 2
        most = min(together, len(prompts)) * self.samples
        past = new_past(self.model, most, self.generated)
        seconds = 0.0
        for some in prompts.split(together):
            rows = len(some) * self.samples
            started = time.perf_counter()
            read_prompts = read(self.model, some, self.samples, self.caches)
            seconds += (time.perf_counter() - started) * counted / self.generated
            started = time.perf_counter()
            decoder = Decoder(self.model, read_prompts, first_rows(past, rows), first)
            tokens = torch.full((rows,), self.bos)
            responses = torch.empty(rows, counted, dtype=torch.long)
            for i in range(counted):
                tokens = draw(decoder.step(tokens))
                responses[:, i] = tokens
            seconds += time.perf_counter() - started
        return seconds

    @torch.inference_mode()
    def log_probs(self, prompts, responses):
        """[R, T] ln p of the tokens of responses [R, T], in equal numbers for each prompt."""
        torch.set_num_threads(self.threads)
        rows, length = responses.shape
        read_prompts = read(self.model, prompts, rows // len(prompts), self.caches)
        decoder = Decoder(self.model, read_prompts, new_past(self.model, rows, length))
        tokens = torch.full((rows,), self.bos)
        found = []
        for following in responses.T:
            logs = decoder.step(tokens).log_softmax(-1)
            found.append(logs.gather(1, following[:, None])[:, 0])
            tokens = following
        return torch.stack(found, 1)


def main():
    job = json.loads(sys.stdin.readline())
    job["params"] = bytearray(base64.b64decode(job["params"]))
    torch.set_flush_denormal(True)
    checked = torch.tensor(job["checked"])
    ways = {}

    def answer(request):
        if "run" in request:
            return ways[request["run"]].run()
        name = request["open"]
        way = ways[name] = Way(job, job["ways"][name])
        found = way.log_probs(way.prompts[checked], torch.tensor(request["responses"]))
        return {
            "logProbs": found.tolist(),
            "threads": way.threads,
            "rows": way.together * way.samples,
            "software": f"PyTorch {torch.__version__}",
        }

    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:  # Said to whoever asked; other ways may still work.
            reply = {"error": (str(error) or type(error).__name__).strip().splitlines()[0]}
        print(json.dumps(reply), flush=True)


main()
