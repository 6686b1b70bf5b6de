// KitPastAttention: attention of one new position of each row to itself and the positions before it.
//
// Keys and values of earlier positions lie in blocks of 32 columns: keys [R, blocks, D, 32] and values
// [R, blocks, 32, D], of floats, or of bfloat16 in pairs as int32. The new ones are written into them.
// Keys are stored column by column within a block, so that scores of 16 positions are one vector.

#include <cmath>
#include <type_traits>

#include "kernel.h"

namespace {

using namespace kit;

constexpr int64_t kBlock = 32;

struct Shape {
  int64_t rows, blocks, heads, headDim;
  int64_t dim() const { return heads * headDim; }
};

struct Inputs {
  const float* joint;   // [R, 3D]: query, key and value
  const float* cosine;  // [d]
  const float* sine;    // [d]
  const int32_t* start;  // [R]
  int64_t column;
};

// By dimension: what a number, and its neighbour in the pair (2i, 2i + 1), is multiplied by.
struct Turn {
  std::vector<float> own, neighbour;
};

Turn turnOf(const Inputs& in, const Shape& shape, float scale) {
  const int64_t padded = (shape.dim() + kWidth - 1) / kWidth * kWidth;
  Turn turn{std::vector<float>(padded), std::vector<float>(padded)};
  for (int64_t i = 0; i < shape.dim(); i++) {
    const int64_t at = i % shape.headDim;
    turn.own[i] = in.cosine[at] * scale;
    turn.neighbour[i] = (at % 2 == 0 ? -in.sine[at] : in.sine[at]) * scale;
  }
  return turn;
}

// Reads and writes whole vectors; what lies behind the last dimension is multiplied by 0.
KIT_INLINE void rotate(const float* x, float* y, const Turn& turn) {
  for (size_t i = 0; i < turn.own.size(); i += kWidth) {
    const Floats own = load(x + i);
    store(y + i, own * load(&turn.own[i]) + neighbours(own) * load(&turn.neighbour[i]));
  }
}

// Weighted sums of the rows first … last of values [n, D]: N vectors of them, each with the weights and
// the inverse of its head.
template <int N, class T>
KIT_INLINE void weigh(const T* values, const float* const* weights, int64_t first, int64_t last,
                      int64_t dim, float* out) {
  Floats total[N] = {};
  for (int64_t at = first; at <= last; at++) {
    for (int i = 0; i < N; i++) total[i] += load(values + at * dim + i * kWidth) * weights[i][at];
  }
  for (int i = 0; i < N; i++) store(out + i * kWidth, total[i]);
}

template <int N>
using Count = std::integral_constant<int, N>;

template <class T>
KIT_INLINE void attendRows(const Inputs& in, const Shape& shape, T* keys, T* values, float* out) {
  const int64_t dim = shape.dim(), d = shape.headDim, span = shape.blocks * kBlock;
  const float scale = 1 / std::sqrt(static_cast<float>(d));
  const Turn queryTurn = turnOf(in, shape, scale), keyTurn = turnOf(in, shape, 1);
  std::vector<float> query(dim + kWidth), key(dim + kWidth), scores(shape.heads * span),
      inverses(shape.heads);
  for (int64_t row = 0; row < shape.rows; row++, keys += dim * span, values += dim * span) {
    const float* x = in.joint + row * 3 * dim;
    const int64_t start = in.start[row], block = in.column / kBlock, slot = in.column % kBlock;
    rotate(x, query.data(), queryTurn);
    rotate(x + dim, key.data(), keyTurn);
    for (int64_t i = 0; i < dim; i++) put(keys + (block * dim + i) * kBlock + slot, key[i]);
    for (int64_t i = 0; i < dim; i++) put(values + in.column * dim + i, x[2 * dim + i]);

    const int64_t firstBlock = start / kBlock;
    const int64_t from = firstBlock * kBlock, n = (block + 1) * kBlock - from;
    for (int64_t at = firstBlock; at <= block; at++) {
      for (int64_t head = 0; head < shape.heads; head++) {
        const T* table = keys + (at * dim + head * d) * kBlock;
        const float* q = query.data() + head * d;
        Floats even[2] = {}, odd[2] = {};
        for (int64_t i = 0; i < d; i += 2, table += 2 * kBlock) {
          even[0] += load(table) * q[i];
          even[1] += load(table + kWidth) * q[i];
          odd[0] += load(table + kBlock) * q[i + 1];
          odd[1] += load(table + kBlock + kWidth) * q[i + 1];
        }
        float* to = scores.data() + head * span + (at - firstBlock) * kBlock;
        store(to, even[0] + odd[0]);
        store(to + kWidth, even[1] + odd[1]);
      }
    }
    for (int64_t head = 0; head < shape.heads; head++) {
      float* own = scores.data() + head * span;
      for (int64_t i = 0; i < start - from; i++) own[i] = kHidden;
      for (int64_t i = in.column + 1 - from; i < n; i++) own[i] = kHidden;
      inverses[head] = exponentiate(own, n);
    }
    // Whole vectors of all heads side by side, because one alone would wait for its own last sum.
    const int64_t first = start - from, last = in.column - from, whole = d % kWidth == 0 ? dim : 0;
    float* to = out + row * dim;
    const T* table = values + from * dim;
    const auto weighFrom = [&](int64_t at, auto count) {
      const float* weights[count.value];
      for (int i = 0; i < count.value; i++)
        weights[i] = scores.data() + (at + i * kWidth) / d * span;
      weigh<count.value>(table + at, weights, first, last, dim, to + at);
    };
    int64_t at = 0;
    for (; at + 8 * kWidth <= whole; at += 8 * kWidth) weighFrom(at, Count<8>());
    for (; at + 4 * kWidth <= whole; at += 4 * kWidth) weighFrom(at, Count<4>());
    for (; at < whole; at += kWidth) weighFrom(at, Count<1>());
    for (; at < dim; at++) {
      const float* weights = scores.data() + at / d * span;
      to[at] = 0;
      for (int64_t i = first; i <= last; i++) to[at] += get(table + i * dim + at) * weights[i];
    }
    for (int64_t i = 0; i < dim; i++) to[i] *= inverses[i / d];
  }
}

void attend(const Inputs& in, const Shape& shape, float* keys, float* values,
                                float* out) {
  attendRows(in, shape, keys, values, out);
}

void attendHalf(const Inputs& in, const Shape& shape, uint16_t* keys,
                                    uint16_t* values, float* out) {
  attendRows(in, shape, keys, values, out);
}

void compute(void* heads, TF_OpKernelContext* context) {
  Run run(context);
  const Tensor joint = run.input(0), keys = run.input(1), values = run.input(2);
  const Tensor column = run.input(3), start = run.input(4), cosine = run.input(5),
               sine = run.input(6);
  const int64_t count = static_cast<Heads*>(heads)->count;
  const Shape shape{keys.dim(0), keys.dim(1), count, joint.dim(-1) / 3 / count};
  const bool half = keys.type() == TF_INT32;
  const int64_t cached = shape.rows * shape.blocks * shape.dim() * kBlock / (half ? 2 : 1);
  const Inputs in{joint.data<float>(), cosine.data<float>(), sine.data<float>(),
                  start.data<int32_t>(), *column.data<int32_t>()};
  const bool right = joint.size() == shape.rows * 3 * shape.dim() && keys.size() == cached &&
                     values.size() == cached && start.size() == shape.rows &&
                     cosine.size() == shape.headDim && sine.size() == shape.headDim &&
                     shape.headDim % 2 == 0;
  if (!run.check(right, "KitPastAttention: shapes do not agree")) return;
  bool inside = in.column >= 0 && in.column < shape.blocks * kBlock;
  for (int64_t row = 0; row < shape.rows; row++)
    inside = inside && in.start[row] >= 0 && in.start[row] <= in.column;
  if (!run.check(inside, "KitPastAttention: columns are outside")) return;

  const Tensor out = run.output(0, {shape.rows, shape.heads, 1, shape.headDim});
  if (half) {
    attendHalf(in, shape, keys.data<uint16_t>(), values.data<uint16_t>(), out.data<float>());
  } else {
    attend(in, shape, keys.data<float>(), values.data<float>(), out.data<float>());
  }
  run.passOn(1, keys);
  run.passOn(2, values);
}

void shapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  sameShape(context, 1, 1, status);
  sameShape(context, 2, 2, status);
}

const bool known = add({"KitPastAttention",
                        {"joint: float", "keys: T", "values: T", "column: int32", "start: int32",
                         "cosine: float", "sine: float"},
                        {"attended: float", "all_keys: T", "all_values: T"},
                        {"T: {float, int32}", "heads: int >= 1"},
                        shapes,
                        makeHeads,
                        compute,
                        deleteHeads});

}  // namespace
