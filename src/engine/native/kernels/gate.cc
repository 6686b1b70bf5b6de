// KitGatedSilu: silu(gate) · up for both halves [..., F] of [..., 2F], one behind the other in a row.

#include <cmath>

#include "kernel.h"

namespace {

using namespace kit;

void gateRows(const float* x, float* y, int64_t rows, int64_t dim) {
  const int64_t whole = dim - dim % kWidth;
  for (int64_t row = 0; row < rows; row++, x += 2 * dim, y += dim) {
    for (int64_t i = 0; i < whole; i += kWidth) {
      const Floats gate = load(x + i);
      const Floats most = all(80.0f);
      const Floats negated = -gate > most ? most : -gate;
      store(y + i, gate / (exponential(negated) + 1.0f) * load(x + dim + i));
    }
    for (int64_t i = whole; i < dim; i++) y[i] = x[i] / (1 + std::exp(-x[i])) * x[dim + i];
  }
}

void compute(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Tensor x = run.input(0);
  const int64_t dim = x.dim(-1) / 2;
  if (!run.check(dim > 0 && x.dim(-1) == 2 * dim, "KitGatedSilu: rows must have two halves")) return;
  const int64_t rows = x.size() / (2 * dim);
  const Tensor y = run.output(0, {rows, dim});
  gateRows(x.data<float>(), y.data<float>(), rows, dim);
}

void shapes(TF_ShapeInferenceContext*, TF_Status*) {}

const bool known = add(
    {"KitGatedSilu", {"x: float"}, {"y: float"}, {}, shapes, nullptr, compute, nullptr});

}  // namespace
