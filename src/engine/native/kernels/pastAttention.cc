// KitPastAttention: attention of one new position of each row to itself and the positions before it.
//
// Keys and values of earlier positions lie in blocks of 32 columns: keys [R, blocks, D, 32] and values
// [R, blocks, 32, D] of floats; or pairs of bfloat16 as int32, [R, blocks, D / 2, 32] of neighbouring
// dimensions and [R, blocks, 16, D] of neighbouring columns. The new ones are written into them. In a
// block of keys columns lie side by side, so that the scores of some positions are one vector.

#include <cmath>
#include <vector>

#include "operation.h"
#include "vectors.h"

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
  const bool* ended;     // [R]: sees itself alone, which costs least
  int64_t column;
  int64_t first(int64_t row) const { return ended[row] ? column : start[row]; }
};

// By dimension: what a number, and its neighbour in the pair (2i, 2i + 1), is multiplied by.
struct Turn {
  std::vector<float> own, neighbour;
};

Turn turnOf(const Inputs& in, const Shape& shape, float scale) {
  Turn turn{std::vector<float>(shape.dim()), std::vector<float>(shape.dim())};
  for (int64_t i = 0; i < shape.dim(); i++) {
    const int64_t at = i % shape.headDim;
    turn.own[i] = in.cosine[at] * scale;
    turn.neighbour[i] = (at % 2 == 0 ? -in.sine[at] : in.sine[at]) * scale;
  }
  return turn;
}

KIT_INLINE void rotate(const float* x, float* y, const Turn& turn) {
  const size_t dim = turn.own.size();
  size_t i = 0;
  for (; i + kWidth <= dim; i += kWidth) {
    const Floats own = load(x + i);
    store(y + i, own * load(&turn.own[i]) + neighbours(own) * load(&turn.neighbour[i]));
  }
  for (; i < dim; i++) y[i] = x[i] * turn.own[i] + x[i ^ 1] * turn.neighbour[i];
}

// A number of a table, alone or in a pair.
KIT_INLINE void putKey(float* keys, int64_t dim, int64_t column, int64_t i, float x) {
  keys[(column / kBlock * dim + i) * kBlock + column % kBlock] = x;
}

KIT_INLINE void putKey(uint32_t* keys, int64_t dim, int64_t column, int64_t i, float x) {
  const int64_t word = (column / kBlock * dim / 2 + i / 2) * kBlock + column % kBlock;
  reinterpret_cast<uint16_t*>(keys)[2 * word + i % 2] = half(x);
}

KIT_INLINE void putValue(float* values, int64_t dim, int64_t column, int64_t i, float x) {
  values[column * dim + i] = x;
}

KIT_INLINE void putValue(uint32_t* values, int64_t dim, int64_t column, int64_t i, float x) {
  reinterpret_cast<uint16_t*>(values)[2 * (column / 2 * dim + i) + column % 2] = half(x);
}

// Numbers as they are multiplied with a table, in place or in `pairs`.
KIT_INLINE const float* factorsOf(const float* x, float*, int64_t) { return x; }

KIT_INLINE const uint32_t* factorsOf(const float* x, uint32_t* pairs, int64_t n) {
  pair(x, pairs, n);
  return pairs;
}

// Scores of the 32 columns of a block: query [d] times keys [d, 32], of n words.
template <class T>
KIT_INLINE void score(const T* query, const T* keys, int64_t n, float* scores) {
  constexpr int kVectors = kBlock / kWidth;
  Floats even[kVectors] = {}, odd[kVectors] = {};
  int64_t i = 0;
  for (; i + 2 <= n; i += 2, keys += 2 * kBlock) {
    for (int v = 0; v < kVectors; v++) {
      even[v] = accumulate(even[v], keys + v * kWidth, query[i]);
      odd[v] = accumulate(odd[v], keys + kBlock + v * kWidth, query[i + 1]);
    }
  }
  for (int v = 0; v < kVectors; v++) {
    if (i < n) even[v] = accumulate(even[v], keys + v * kWidth, query[i]);
    store(scores + v * kWidth, even[v] + odd[v]);
  }
}

// Weighted sums of the rows first … last of values [n, D]: N vectors, each with the weights of its head
// and the inverse of their sum.
template <int N, class T>
KIT_INLINE void weigh(const T* values, const T* const* weights, const float* inverses, int64_t first,
                      int64_t last, int64_t dim, float* out) {
  Floats total[N] = {};
  for (int64_t at = first; at <= last; at++) {
    for (int i = 0; i < N; i++)
      total[i] = accumulate(total[i], values + at * dim + i * kWidth, weights[i][at]);
  }
  for (int i = 0; i < N; i++) store(out + i * kWidth, total[i] * inverses[i]);
}

// `perWord` numbers are in a word of the tables.
template <int perWord, class T>
KIT_INLINE void attendRows(const Inputs& in, const Shape& shape, T* keys, T* values, float* out) {
  const int64_t dim = shape.dim(), d = shape.headDim, span = shape.blocks * kBlock;
  const int64_t words = span / perWord;
  const float scale = 1 / std::sqrt(static_cast<float>(d));
  const Turn queryTurn = turnOf(in, shape, scale), keyTurn = turnOf(in, shape, 1);
  std::vector<float> query(dim), key(dim), scores(shape.heads * span);
  std::vector<float> inverses(shape.heads);
  std::vector<T> queryPairs(dim), weightPairs(shape.heads * words);
  for (int64_t row = 0; row < shape.rows; row++) {
    const float* x = in.joint + row * 3 * dim;
    rotate(x, query.data(), queryTurn);
    rotate(x + dim, key.data(), keyTurn);
    for (int64_t i = 0; i < dim; i++) putKey(keys, dim, in.column, i, key[i]);
    for (int64_t i = 0; i < dim; i++) putValue(values, dim, in.column, i, x[2 * dim + i]);

    const T* queries = factorsOf(query.data(), queryPairs.data(), dim);
    const int64_t start = in.first(row);
    const int64_t firstBlock = start / kBlock, lastBlock = in.column / kBlock;
    const int64_t from = firstBlock * kBlock, n = (lastBlock + 1) * kBlock - from;
    for (int64_t block = firstBlock; block <= lastBlock; block++) {
      for (int64_t head = 0; head < shape.heads; head++) {
        const int64_t at = head * d / perWord;
        score(queries + at, keys + (block * dim / perWord + at) * kBlock, d / perWord,
              scores.data() + head * span + (block - firstBlock) * kBlock);
      }
    }
    const int64_t first = start - from, last = in.column - from;
    const T* weights = nullptr;
    for (int64_t head = 0; head < shape.heads; head++) {
      float* own = scores.data() + head * span;
      for (int64_t i = 0; i < first; i++) own[i] = kHidden;
      for (int64_t i = last + 1; i < n; i++) own[i] = kHidden;
      inverses[head] = exponentiate(own, n);
      const T* factors = factorsOf(own, weightPairs.data() + head * words, n);
      if (head == 0) weights = factors;
    }
    // Whole vectors of all heads side by side, because one alone would wait for its own last sum.
    const int64_t firstWord = first / perWord, lastWord = last / perWord;
    const int64_t whole = d % kWidth == 0 ? dim : 0;
    float* to = out + row * dim;
    const T* table = values + from / perWord * dim;
    const auto weighFrom = [&](int64_t at, auto count) {
      const T* own[count.value];
      float ofHead[count.value];
      for (int i = 0; i < count.value; i++) {
        const int64_t head = (at + i * kWidth) / d;
        own[i] = weights + head * words;
        ofHead[i] = inverses[head];
      }
      weigh<count.value>(table + at, own, ofHead, firstWord, lastWord, dim, to + at);
    };
    int64_t at = 0;
    for (; at + 8 * kWidth <= whole; at += 8 * kWidth) weighFrom(at, Count<8>());
    for (; at + 4 * kWidth <= whole; at += 4 * kWidth) weighFrom(at, Count<4>());
    for (; at < whole; at += kWidth) weighFrom(at, Count<1>());
    for (; at < dim; at++) {
      to[at] = 0;
      for (int64_t i = firstWord; i <= lastWord; i++)
        to[at] = accumulate(to[at], table[i * dim + at], weights[at / d * words + i]);
      to[at] *= inverses[at / d];
    }
    keys += dim * words;
    values += dim * words;
  }
}

void attend(const Inputs& in, const Shape& shape, float* keys, float* values, float* out) {
  attendRows<1>(in, shape, keys, values, out);
}

void attendPairs(const Inputs& in, const Shape& shape, uint32_t* keys, uint32_t* values,
                 float* out) {
  attendRows<2>(in, shape, keys, values, out);
}

void attendToPast(void* heads, TF_OpKernelContext* context) {
  Run run(context);
  const Tensor joint = run.input(0), keys = run.input(1), values = run.input(2);
  const Tensor column = run.input(3), round = run.input(4), start = run.input(5),
               ended = run.input(6), cosine = run.input(7), sine = run.input(8);
  const int64_t count = *static_cast<int32_t*>(heads);
  const Shape shape{keys.dim(0), keys.dim(1), count, joint.dim(-1) / 3 / count};
  const bool paired = keys.type() == TF_INT32;
  const int64_t cached = shape.rows * shape.blocks * shape.dim() * kBlock / (paired ? 2 : 1);
  const int64_t angles = cosine.dim(0) * shape.headDim;
  const bool right = joint.size() == shape.rows * 3 * shape.dim() && keys.size() == cached &&
                     values.size() == cached && start.size() == shape.rows &&
                     ended.size() == shape.rows && column.size() == 1 && round.size() == 1 &&
                     cosine.size() == angles && sine.size() == angles &&
                     sine.dim(0) == cosine.dim(0) && shape.headDim % 2 == 0;
  if (!run.check(right, "KitPastAttention: shapes do not agree")) return;
  const int64_t now = *round.data<int32_t>(), skipped = now * shape.headDim;
  if (!run.check(skipped >= 0 && skipped < angles, "KitPastAttention: there is no such round")) return;
  const Inputs in{joint.data<float>(),   cosine.data<float>() + skipped,
                  sine.data<float>() + skipped, start.data<int32_t>(),
                  ended.data<bool>(),    *column.data<int32_t>() + now};
  bool inside = in.column >= 0 && in.column < shape.blocks * kBlock;
  for (int64_t row = 0; row < shape.rows; row++)
    inside = inside && in.first(row) >= 0 && in.first(row) <= in.column;
  if (!run.check(inside, "KitPastAttention: columns are outside")) return;

  const Tensor out = run.output(0, {shape.rows, shape.heads, 1, shape.headDim});
  if (paired) {
    attendPairs(in, shape, keys.data<uint32_t>(), values.data<uint32_t>(), out.data<float>());
  } else {
    attend(in, shape, keys.data<float>(), values.data<float>(), out.data<float>());
  }
  run.passOn(1, keys);
  run.passOn(2, values);
}

void* make(TF_OpKernelConstruction* construction) {
  return new int32_t(integer(construction, "heads"));
}

void unmake(void* heads) { delete static_cast<int32_t*>(heads); }

void shapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  sameShape(context, 1, 1, status);
  sameShape(context, 2, 2, status);
}

const bool known = add({"KitPastAttention",
                        {"joint: float", "keys: T", "values: T", "column: int32", "round: int32",
                         "start: int32", "ended: bool", "cosine: float", "sine: float"},
                        {"attended: float", "all_keys: T", "all_values: T"},
                        {"T: {float, int32}", "heads: int >= 1"},
                        shapes,
                        make,
                        attendToPast,
                        unmake});

}  // namespace
