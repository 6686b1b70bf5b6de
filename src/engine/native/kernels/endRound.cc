// KitEndRound: notes the tokens of a round of decoding [R] in tables [N, R], ends rows, and says whether
// there is another round.

#include "operation.h"

namespace {

using namespace kit;

void endRound(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Tensor tokens = run.input(0), logProbs = run.input(1), round = run.input(2),
               ended = run.input(3), chosen = run.input(4), likelihoods = run.input(5),
               column = run.input(6), start = run.input(7), end = run.input(8),
               maxTokens = run.input(9), limit = run.input(10), enough = run.input(11);
  const int64_t rows = tokens.size(), rounds = chosen.dim(0);
  bool right = logProbs.size() == rows && ended.size() == rows && start.size() == rows &&
               rounds >= 0 && chosen.size() == rounds * rows && likelihoods.size() == chosen.size();
  for (const Tensor* scalar : {&round, &column, &end, &maxTokens, &limit, &enough})
    right = right && scalar->size() == 1;
  if (!run.check(right, "KitEndRound: shapes do not agree")) return;
  const int64_t now = *round.data<int32_t>();
  if (!run.check(now >= 0 && now < rounds, "KitEndRound: there is no such round")) return;

  const Tensor again = run.output(0, {}, TF_BOOL), next = run.output(1, {}, TF_INT32),
               over = run.output(2, {rows}, TF_BOOL);
  const int64_t length = *column.data<int32_t>() + now + 1, most = *maxTokens.data<int32_t>();
  int64_t count = 0;
  for (int64_t row = 0; row < rows; row++) {
    const int32_t token = tokens.data<int32_t>()[row];
    const bool isOver = ended.data<bool>()[row] || token == *end.data<int32_t>() ||
                        length - start.data<int32_t>()[row] >= most;
    over.data<bool>()[row] = isOver;
    count += isOver;
    chosen.data<int32_t>()[now * rows + row] = token;
    likelihoods.data<float>()[now * rows + row] = logProbs.data<float>()[row];
  }
  *next.data<int32_t>() = static_cast<int32_t>(now + 1);
  *again.data<bool>() = now + 1 < *limit.data<int32_t>() && count < *enough.data<int32_t>();
  run.passOn(3, chosen);
  run.passOn(4, likelihoods);
}

void shapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  sameShape(context, 0, 2, status);
  sameShape(context, 1, 2, status);
  sameShape(context, 2, 3, status);
  sameShape(context, 3, 4, status);
  sameShape(context, 4, 5, status);
}

const bool known = add({"KitEndRound",
                        {"tokens: int32", "log_probs: float", "round: int32", "ended: bool",
                         "chosen: int32", "likelihoods: float", "column: int32", "start: int32",
                         "end: int32", "max_tokens: int32", "limit: int32", "enough: int32"},
                        {"again: bool", "next: int32", "over: bool", "all_chosen: int32",
                         "all_likelihoods: float"},
                        {},
                        shapes,
                        nullptr,
                        endRound,
                        nullptr});

}  // namespace
