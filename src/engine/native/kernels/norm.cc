// KitRmsNorm: x [..., D] over its root mean square along the last axis, times a gain [D].

#include <cmath>

#include "kernel.h"

namespace {

using namespace kit;

void normalise(const float* x, const float* gain, float* y, int64_t rows,
                                   int64_t dim, float epsilon) {
  const int64_t whole = dim - dim % kWidth;
  for (int64_t row = 0; row < rows; row++, x += dim, y += dim) {
    Floats squares = {};
    for (int64_t i = 0; i < whole; i += kWidth) squares += load(x + i) * load(x + i);
    float total = sum(squares);
    for (int64_t i = whole; i < dim; i++) total += x[i] * x[i];
    const float scale = 1 / std::sqrt(total / static_cast<float>(dim) + epsilon);
    for (int64_t i = 0; i < whole; i += kWidth) store(y + i, load(x + i) * scale * load(gain + i));
    for (int64_t i = whole; i < dim; i++) y[i] = x[i] * scale * gain[i];
  }
}

void compute(void*, TF_OpKernelContext* context) {
  Run run(context);
  const Tensor x = run.input(0), gain = run.input(1), epsilon = run.input(2);
  const int64_t dim = gain.size();
  if (!run.check(dim > 0 && x.dim(-1) == dim, "KitRmsNorm: the gain must be as long as a row"))
    return;
  const Tensor y = run.outputLike(0, x);
  normalise(x.data<float>(), gain.data<float>(), y.data<float>(), x.size() / dim, dim,
            *epsilon.data<float>());
}

void shapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  sameShape(context, 0, 0, status);
}

const bool known = add({"KitRmsNorm",
                        {"x: float", "gain: float", "epsilon: float"},
                        {"y: float"},
                        {},
                        shapes,
                        nullptr,
                        compute,
                        nullptr});

}  // namespace
