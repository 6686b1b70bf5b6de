"""Decoding with the twin, a token of all rows at a time: `samples` rows for each prompt.

In the `both` way keys and values of the prompt are computed once and shared by its samples. In the
`self-attention` way, which is that of the papers' released code, only those of earlier tokens are
kept: every token computes the prompt's keys and values again, for every sample. Everything else is
done alike, and as one would for speed, in both.
"""

import torch
from torch.nn import functional as F

from model import heads_first, rotate


def read(model, prompts, samples, caches):
    """What cross-attention takes, of prompts [P, S]: keys and values by layer, or the memory."""
    x = model.encoder_embedding(prompts)
    for layer in model.encoder_layers:
        x = layer.encode(x, model.turns, None)
    memory = model.encoder_output(model.encoder_norm(x))  # [P, S, dim]
    if caches == "self-attention":
        return memory.repeat_interleave(samples, 0)
    return [key_value_of(layer.cross_attention, memory) for layer in model.decoder_layers]


def key_value_of(attention, memory):
    """[2, P, H, S, d]"""
    joint = attention.key_value(memory).unflatten(-1, (2, attention.heads, -1))
    return joint.permute(2, 0, 3, 1, 4).contiguous()


class Decoder:
    """Decodes tokens of P prompts × `samples` rows, R in all, from position `first` on."""

    def __init__(self, model, read_prompts, rows, length, first=0):
        self.model = model
        self.read_prompts = read_prompts
        self.position = first
        attention = model.decoder_layers[0].attention
        weight = attention.output.weight
        shape = (2, rows, attention.heads, length, weight.shape[0] // attention.heads)
        # Where it begins later, what is there is never looked at as a result.
        self.past = [torch.zeros(shape, dtype=weight.dtype) for _ in model.decoder_layers]

    def step(self, tokens):
        """Logits [R, V] of what follows the tokens [R]."""
        model = self.model
        x = model.decoder_embedding(tokens)[:, None]  # [R, 1, dim]
        for i, layer in enumerate(model.decoder_layers):
            x = x + self.attend(i, layer.attention, layer.attention_norm(x))
            x = x + self.attend_prompt(i, layer.cross_attention, layer.cross_attention_norm(x))
            x = x + layer.feed_forward(layer.feed_forward_norm(x))
        self.position += 1
        return model.decoder_output(model.decoder_norm(x))[:, 0].float()

    def attend(self, i, attention, x):
        at = self.position
        joint = attention.query_key_value(x).unflatten(-1, (3, attention.heads, -1))
        turned = rotate(joint[:, :, :2], self.model.turns[at : at + 1])  # [R, 1, 2, H, d]
        keys, values = self.past[i]
        keys[:, :, at] = turned[:, 0, 1]
        values[:, :, at] = joint[:, 0, 2]
        query = heads_first(turned[:, :, 0])  # [R, H, 1, d]
        seen = slice(at + 1)
        mixed = F.scaled_dot_product_attention(query, keys[:, :, seen], values[:, :, seen])
        return attention.output(mixed.reshape(x.shape))

    def attend_prompt(self, i, attention, x):
        if torch.is_tensor(self.read_prompts):
            return attention(x, self.read_prompts, None)
        keys, values = self.read_prompts[i]
        # The samples of a prompt are so many queries of it.
        query = attention.query(x).view(len(keys), -1, attention.heads, keys.shape[-1])
        mixed = F.scaled_dot_product_attention(heads_first(query), keys, values)
        return attention.output(heads_first(mixed).reshape(x.shape))
