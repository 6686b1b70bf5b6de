"""Training steps of the twin, to measure the kit's beside them: what src/training does, in PyTorch.

Fused AdamW, denormals flushed, batches padded before the clock starts. The first line on standard
input is a job (bench/programs.ts), each further one a request, all of them JSON. Answered are

    {"open": variant}                      -> {"losses": [...], "batches": count, "software": name}
    {"run": variant, "from": i, "to": j}   -> {"seconds": s, "tokens": n, "steps": j - i}

and with {"error": reason} to what fails.
"""

import base64
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

from model import Twin, load


def padded(sequences):
    tensors = [torch.tensor(sequence) for sequence in sequences]
    return nn.utils.rnn.pad_sequence(tensors, batch_first=True)


def collate(prompts, responses):
    """A batch padded to its longest sequences, and what each target weighs in the loss."""
    prompt, response = padded(prompts), padded(responses)
    lengths = torch.tensor([len(one) for one in prompts])
    mask = (torch.arange(prompt.shape[1]) < lengths[:, None])[:, None, None]
    predicted = torch.tensor([len(one) - 1 for one in responses])
    inside = torch.arange(response.shape[1] - 1) < predicted[:, None]
    return {
        "prompt": prompt,
        "mask": None if mask.all() else mask,
        "inputs": response[:, :-1].contiguous(),
        "targets": response[:, 1:].flatten(),
        "weights": (inside / (predicted[:, None] * len(prompts))).flatten(),
        "tokens": int(lengths.sum() + predicted.sum()),
    }


class Training:
    """One variant: a model, its optimiser, and an update of both."""

    def __init__(self, job, variant, longest):
        self.model = Twin(job["config"], longest)
        params = bytearray(base64.b64decode(job["params"]))
        load(self.model, torch.frombuffer(params, dtype=torch.float32))
        if variant["precision"] == "bf16":
            self.model.bfloat16()
        self.autocast = variant["precision"] == "autocast"
        self.forward = torch.compile(self.model) if variant["compiled"] else self.model
        self.clip_norm = job["settings"]["clipNorm"]
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(),
            lr=job["learningRate"],
            betas=job["settings"]["betas"],
            weight_decay=job["settings"]["weightDecay"],
            fused=True,
        )

    def update(self, batch):
        """The loss before the update, in nats."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.autocast):
            logits = self.forward(batch["prompt"], batch["mask"], batch["inputs"])
        losses = F.cross_entropy(logits.float().flatten(0, 1), batch["targets"], reduction="none")
        loss = torch.dot(losses, batch["weights"])
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return loss.item()


def main():
    job = json.loads(sys.stdin.readline())
    torch.set_num_threads(job["threads"])
    torch.set_flush_denormal(True)
    batches = [collate(**batch) for batch in job["batches"]]
    check = collate(**job["check"])
    sizes = [max(*batch["prompt"].shape, *batch["inputs"].shape) for batch in [check, *batches]]
    trainings = {}

    def answer(request):
        if "open" in request:
            name = request["open"]
            training = trainings[name] = Training(job, job["variants"][name], max(sizes))
            losses = [training.update(check) for _ in range(job["checkedUpdates"])]
            for batch in batches[: job["warmUp"]]:
                training.update(batch)
            software = f"PyTorch {torch.__version__}"
            return {"losses": losses, "batches": len(batches), "software": software}
        training = trainings[request["run"]]
        span = batches[request["from"] : request["to"]]
        started = time.perf_counter()
        for batch in span:
            training.update(batch)
        seconds = time.perf_counter() - started
        tokens = sum(batch["tokens"] for batch in span)
        return {"seconds": seconds, "tokens": tokens, "steps": len(span)}

    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:  # Said to whoever asked; other variants may still work.
            reply = {"error": (str(error) or type(error).__name__).strip().splitlines()[0]}
        print(json.dumps(reply), flush=True)


main()
