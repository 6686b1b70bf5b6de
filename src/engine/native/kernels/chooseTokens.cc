// KitChooseTokens: the next token of each row from its logits [R, V].
//
// The first of the likeliest at temperature 0, else a draw from softmax(logits / temperature), by the
// first token at which the cumulative distribution exceeds a uniform number; among the tokens that a
// grammar allows; unless one is forced. With each ln p under softmax(logits). Draws and forced tokens
// come by round, [N, R].

#include <cmath>
#include <cstring>
#include <vector>

#include "operation.h"
#include "vectors.h"

namespace {

using namespace kit;

// A logit of what can't come.
constexpr float kImpossible = -1e30f;

struct Inputs {
  const float* uniforms;       // [R]
  float temperature;
  const int32_t* forced;       // [R], -1 for none
  const int32_t* transitions;  // [states, V], -1 where a token may not come; of no states for no grammar
  const int32_t* states;       // [R]
};

// The first at which the sum so far exceeds the goal; vectors at first, then one by one.
KIT_INLINE int32_t drawn(const float* weights, int64_t count, int64_t padded, float total,
                         float uniform) {
  const float goal = uniform * total;
  float before = 0;
  int64_t at = 0;
  for (; at + kWidth < padded; at += kWidth) {
    const float after = before + sum(load(weights + at));
    if (after > goal) break;
    before = after;
  }
  for (; at < count - 1; at++) {
    before += weights[at];
    if (before > goal) return static_cast<int32_t>(at);
  }
  // Rounding may lead behind the last that has any chance.
  while (at > 0 && total + weights[at] == total) at--;
  return static_cast<int32_t>(at);
}

void chooseRows(const float* logits, int64_t rows, int64_t count, const Inputs& in, int32_t* tokens,
                float* logProbs, int32_t* after) {
  const int64_t padded = (count + kWidth - 1) / kWidth * kWidth;
  std::vector<float> own(padded, kImpossible), weights(padded);
  for (int64_t row = 0; row < rows; row++, logits += count) {
    std::memcpy(own.data(), logits, count * sizeof(float));
    const float most = greatest(own.data(), padded);
    const float normaliser = std::log(exponentials(own.data(), most, 1, weights.data(), padded));
    const int32_t* following =
        in.transitions == nullptr ? nullptr : in.transitions + in.states[row] * count;
    int32_t token = in.forced[row];
    if (token < 0) {
      for (int64_t i = 0; following != nullptr && i < count; i++)
        if (following[i] < 0) own[i] = kImpossible;
      const float top = following == nullptr ? most : greatest(own.data(), padded);
      if (in.temperature == 0) {
        token = 0;
        while (own[token] != top && token < count - 1) token++;
      } else {
        const float factor = 1 / in.temperature;
        const float total = exponentials(own.data(), top, factor, weights.data(), padded);
        for (int64_t i = count; i < padded; i++) weights[i] = 0;
        for (int64_t i = 0; following != nullptr && i < count; i++)
          if (following[i] < 0) weights[i] = 0;
        token = drawn(weights.data(), count, padded, total, in.uniforms[row]);
      }
    }
    tokens[row] = token;
    logProbs[row] = (logits[token] - most) - normaliser;
    const int32_t next = following == nullptr ? in.states[row] : following[token];
    after[row] = next < 0 ? 0 : next;
  }
}

void choose(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Tensor logits = run.input(0), uniforms = run.input(1), temperature = run.input(2);
  const Tensor forced = run.input(3), round = run.input(4), transitions = run.input(5),
               states = run.input(6);
  const int64_t rows = logits.dim(0), count = logits.dim(1), known = transitions.dim(0);
  const int64_t rounds = uniforms.dim(0);
  bool right = count > 0 && logits.size() == rows * count && temperature.size() == 1 &&
               rounds >= 0 && uniforms.size() == rounds * rows && forced.dim(0) == rounds &&
               forced.size() == uniforms.size() && round.size() == 1 && states.size() == rows &&
               (known == 0 || transitions.dim(1) == count);
  if (!run.check(right, "KitChooseTokens: shapes do not agree")) return;
  const int64_t now = *round.data<int32_t>();
  if (!run.check(now >= 0 && now < rounds, "KitChooseTokens: there is no such round")) return;
  const int32_t* forcedNow = forced.data<int32_t>() + now * rows;
  for (int64_t row = 0; row < rows; row++) {
    const int32_t state = states.data<int32_t>()[row];
    right = right && forcedNow[row] < count && state >= 0 && (known == 0 || state < known);
  }
  if (!run.check(right, "KitChooseTokens: tokens or states are outside")) return;
  const Tensor tokens = run.output(0, {rows}, TF_INT32), logProbs = run.output(1, {rows}),
               after = run.output(2, {rows}, TF_INT32);
  const Inputs in{uniforms.data<float>() + now * rows, *temperature.data<float>(), forcedNow,
                  known == 0 ? nullptr : transitions.data<int32_t>(), states.data<int32_t>()};
  chooseRows(logits.data<float>(), rows, count, in, tokens.data<int32_t>(), logProbs.data<float>(),
             after.data<int32_t>());
}

void shapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  for (int output = 0; output < 3; output++) sameShape(context, output, 1, status);
}

const bool known = add({"KitChooseTokens",
                        {"logits: float", "uniforms: float", "temperature: float", "forced: int32",
                         "round: int32", "transitions: int32", "states: int32"},
                        {"tokens: int32", "log_probs: float", "after: int32"},
                        {},
                        shapes,
                        nullptr,
                        choose,
                        nullptr});

}  // namespace
