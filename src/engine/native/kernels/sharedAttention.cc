// KitSharedAttention: attention of many queries to keys and values that they share in groups.
//
// query [R, 1, D]; key [G, D, S]; value [G, S, D]; hidden [G, S], added to scores; R is a multiple of G.

#include <cmath>
#include <limits>
#include <vector>

#include "operation.h"
#include "vectors.h"

namespace {

using namespace kit;

struct Shape {
  int64_t rows, groups, heads, headDim, length;
  int64_t dim() const { return heads * headDim; }
  int64_t lanes() const { return rows / groups; }
};

struct Tables {
  const float* query;
  const float* key;
  const float* value;
  const float* hidden;
};

// L rows of factors [n] each times table [n, ·], V vectors from `table` on.
template <int L, int V>
KIT_INLINE void multiply(const float* factors, int64_t stride, const float* table, int64_t n,
                         int64_t width, Floats (&total)[L][V]) {
  for (int l = 0; l < L; l++)
    for (int v = 0; v < V; v++) total[l][v] = Floats{};
  for (int64_t i = 0; i < n; i++, table += width) {
    Floats row[V];
    for (int v = 0; v < V; v++) row[v] = load(table + v * kWidth);
    for (int l = 0; l < L; l++)
      for (int v = 0; v < V; v++) total[l][v] += row[v] * factors[l * stride + i];
  }
}

// The same for all columns; what does not fill a vector one by one.
template <int L>
KIT_INLINE void multiplyAll(const float* factors, int64_t stride, const float* table, int64_t n,
                            int64_t width, int64_t columns, const float* scales, float* out,
                            int64_t outStride) {
  int64_t at = 0;
  for (; at + 2 * kWidth <= columns; at += 2 * kWidth) {
    Floats total[L][2];
    multiply<L, 2>(factors, stride, table + at, n, width, total);
    for (int l = 0; l < L; l++)
      for (int v = 0; v < 2; v++)
        store(out + l * outStride + at + v * kWidth, total[l][v] * scales[l]);
  }
  for (; at + kWidth <= columns; at += kWidth) {
    Floats total[L][1];
    multiply<L, 1>(factors, stride, table + at, n, width, total);
    for (int l = 0; l < L; l++) store(out + l * outStride + at, total[l][0] * scales[l]);
  }
  for (; at < columns; at++) {
    for (int l = 0; l < L; l++) {
      float total = 0;
      for (int64_t i = 0; i < n; i++) total += factors[l * stride + i] * table[i * width + at];
      out[l * outStride + at] = total * scales[l];
    }
  }
}

template <int L>
KIT_INLINE void attendLanes(const Tables& in, const Shape& shape, int64_t group, int64_t lane,
                            float* scores, int64_t span, float* out) {
  const int64_t dim = shape.dim(), d = shape.headDim, n = shape.length;
  const float* query = in.query + (group * shape.lanes() + lane) * dim;
  const float* hidden = in.hidden + group * n;
  float* to = out + (group * shape.lanes() + lane) * dim;
  float scales[L];
  for (int64_t head = 0; head < shape.heads; head++) {
    for (int l = 0; l < L; l++) scales[l] = 1 / std::sqrt(static_cast<float>(d));
    const float* key = in.key + (group * dim + head * d) * n;
    multiplyAll<L>(query + head * d, dim, key, d, n, n, scales, scores, span);
    for (int l = 0; l < L; l++) {
      float* own = scores + l * span;
      for (int64_t i = 0; i < n; i++) own[i] += hidden[i];
      for (int64_t i = n; i < span; i++) own[i] = -std::numeric_limits<float>::max();
      scales[l] = exponentiate(own, span);
    }
    const float* value = in.value + group * n * dim + head * d;
    multiplyAll<L>(scores, span, value, n, dim, d, scales, to + head * d, dim);
  }
}

void attend(const Tables& in, const Shape& shape, float* out) {
  const int64_t span = (shape.length + kWidth - 1) / kWidth * kWidth, lanes = shape.lanes();
  std::vector<float> scores(kRows * span);
  for (int64_t group = 0; group < shape.groups; group++) {
    int64_t lane = 0;
    for (; lane + kRows <= lanes; lane += kRows)
      attendLanes<kRows>(in, shape, group, lane, scores.data(), span, out);
    for (; lane + 4 <= lanes; lane += 4)
      attendLanes<4>(in, shape, group, lane, scores.data(), span, out);
    for (; lane < lanes; lane++)
      attendLanes<1>(in, shape, group, lane, scores.data(), span, out);
  }
}

void attendTogether(void* heads, TF_OpKernelContext* context) {
  Run run(context);
  const Tensor query = run.input(0), key = run.input(1), value = run.input(2),
               hidden = run.input(3);
  const int64_t count = *static_cast<int32_t*>(heads);
  const Shape shape{query.dim(0), key.dim(0), count, query.dim(-1) / count, key.dim(-1)};
  const int64_t shared = shape.groups * shape.dim() * shape.length;
  const bool right = query.size() == shape.rows * shape.dim() && key.size() == shared &&
                     value.size() == shared && hidden.size() == shape.groups * shape.length &&
                     shape.groups > 0 && shape.rows % shape.groups == 0 && shape.length > 0;
  if (!run.check(right, "KitSharedAttention: shapes do not agree")) return;
  const Tensor out = run.outputWithLast(0, query, shape.dim());
  attend({query.data<float>(), key.data<float>(), value.data<float>(), hidden.data<float>()}, shape,
         out.data<float>());
}

void* make(TF_OpKernelConstruction* construction) {
  return new int32_t(integer(construction, "heads"));
}

void unmake(void* heads) { delete static_cast<int32_t*>(heads); }

void shapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  sameShape(context, 0, 0, status);
}

const bool known = add({"KitSharedAttention",
                        {"query: float", "key: float", "value: float", "hidden: float"},
                        {"attended: float"},
                        {"heads: int >= 1"},
                        shapes,
                        make,
                        attendTogether,
                        unmake});

}  // namespace
