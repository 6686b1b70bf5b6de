"""The kit's encoder-decoder (src/model) in PyTorch, from the same weights.

Written as one would for speed in eager PyTorch: scaled_dot_product_attention, joint projections,
RoPE as one complex product, and no mask where nothing is padded.
"""

import torch
from torch import nn
from torch.nn import functional as F

EPSILON = 1e-5


class Norm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return F.rms_norm(x, self.gain.shape, self.gain, EPSILON)


def linear(fan_in, fan_out):
    return nn.Linear(fan_in, fan_out, bias=False)


def rotations(head_dim, length):
    """e^(i position frequency) for each interleaved pair: [length, 1, 1, head_dim / 2]."""
    frequencies = 10_000.0 ** (-torch.arange(0, head_dim, 2, dtype=torch.float64) / head_dim)
    angles = torch.outer(torch.arange(length, dtype=torch.float64), frequencies)
    return torch.polar(torch.ones_like(angles), angles).to(torch.complex64)[:, None, None]


def rotate(x, turns):
    pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * turns).flatten(-2).type_as(x)


def heads_first(x):
    return x.transpose(1, 2)


class SelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.query_key_value = linear(dim, 3 * dim)
        self.output = linear(dim, dim)

    def forward(self, x, turns, mask, causal):
        batch, length, dim = x.shape
        joint = self.query_key_value(x).view(batch, length, 3, self.heads, dim // self.heads)
        query, key = rotate(joint[:, :, :2], turns[:length]).unbind(2)  # [B, L, H, d]
        query, key, value = map(heads_first, (query, key, joint[:, :, 2]))
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=causal)
        return self.output(heads_first(mixed).reshape(batch, length, dim))


class CrossAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.query = linear(dim, dim)
        self.key_value = linear(dim, 2 * dim)
        self.output = linear(dim, dim)

    def forward(self, x, memory, mask):
        batch, length, dim = x.shape
        shape = (self.heads, dim // self.heads)
        query = heads_first(self.query(x).view(batch, length, *shape))
        key, value = self.key_value(memory).view(batch, -1, 2, *shape).unbind(2)
        mixed = F.scaled_dot_product_attention(
            query, heads_first(key), heads_first(value), attn_mask=mask
        )
        return self.output(heads_first(mixed).reshape(batch, length, dim))


class FeedForward(nn.Module):
    def __init__(self, dim, ffn_dim):
        super().__init__()
        self.gate_up = linear(dim, 2 * ffn_dim)
        self.down = linear(ffn_dim, dim)

    def forward(self, x):
        gate, up = self.gate_up(x).chunk(2, -1)
        return self.down(F.silu(gate) * up)


class Layer(nn.Module):
    def __init__(self, dim, heads, ffn_dim, decodes):
        super().__init__()
        self.attention_norm = Norm(dim)
        self.attention = SelfAttention(dim, heads)
        if decodes:
            self.cross_attention_norm = Norm(dim)
            self.cross_attention = CrossAttention(dim, heads)
        self.feed_forward_norm = Norm(dim)
        self.feed_forward = FeedForward(dim, ffn_dim)

    def encode(self, x, turns, mask):
        x = x + self.attention(self.attention_norm(x), turns, mask, False)
        return x + self.feed_forward(self.feed_forward_norm(x))

    def decode(self, x, turns, memory, mask):
        # Padding lies behind a response, where the causal mask hides it.
        x = x + self.attention(self.attention_norm(x), turns, None, True)
        x = x + self.cross_attention(self.cross_attention_norm(x), memory, mask)
        return x + self.feed_forward(self.feed_forward_norm(x))


class Twin(nn.Module):
    def __init__(self, config, longest):
        super().__init__()
        dim, heads, vocabulary = config["dim"], config["heads"], config["vocabSize"]

        def layers(count, decodes):
            return nn.ModuleList(
                Layer(dim, heads, config["ffnDim"], decodes) for _ in range(count)
            )

        self.encoder_embedding = nn.Embedding(vocabulary, dim)
        self.encoder_layers = layers(config["encoderLayers"], False)
        self.encoder_norm = Norm(dim)
        self.encoder_output = linear(dim, dim)
        self.decoder_embedding = nn.Embedding(vocabulary, dim)
        self.decoder_layers = layers(config["decoderLayers"], True)
        self.decoder_norm = Norm(dim)
        self.decoder_output = linear(dim, vocabulary)
        self.turns = rotations(dim // heads, longest)

    def forward(self, prompt, mask, response):
        """Logits [B, T, V]; `mask` [B, 1, 1, P] is true where prompts are not padded, or None."""
        x = self.encoder_embedding(prompt)
        for layer in self.encoder_layers:
            x = layer.encode(x, self.turns, mask)
        memory = self.encoder_output(self.encoder_norm(x))
        x = self.decoder_embedding(response)
        for layer in self.decoder_layers:
            x = layer.decode(x, self.turns, memory, mask)
        return self.decoder_output(self.decoder_norm(x))


def in_kits_order(model):
    """The parameters in the order of src/model/params.ts, and whether each is stored transposed.

    The modules above are declared in that order, and a matrix is [in, out] there, [out, in] here.
    """
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            yield parameter, isinstance(module, nn.Linear)


@torch.no_grad()
def load(model, flat):
    """Takes the values of the kit's flat vector."""
    offset = 0
    for parameter, transposed in in_kits_order(model):
        values = flat[offset : offset + parameter.numel()]
        offset += parameter.numel()
        shape = parameter.shape[::-1] if transposed else parameter.shape
        values = values.view(shape)
        parameter.copy_(values.T if transposed else values)
    if offset != flat.numel():
        raise ValueError(f"the model has {offset} parameters, not {flat.numel()}")
