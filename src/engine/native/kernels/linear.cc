// KitLinear: products of rows with a matrix, with what stands around them in a transformer.
//
// rows [R, I] → [R, O]: normalised by their root mean square and a gain [I] before, if there is one;
// with residual [R, O] added after, if there is one; or, gated, silu(a) · b of two halves [O].
//
// KitPack lays a matrix [I, O] out as that reads it: panels [P, I, W] of W columns, two vectors of them,
// the last filled up with zeros; gated, W / 2 columns of either half in each. In bf16 [P, ⌈I / 2⌉, W] int32
// of two rows each.

#include <cmath>
#include <utility>
#include <vector>

#include "operation.h"
#include "vectors.h"

namespace {

using namespace kit;

constexpr int64_t kPanel = 2 * kWidth;

int64_t panelsOf(int64_t columns) { return (columns + kPanel - 1) / kPanel; }

// ---- KitPack -------------------------------------------------------------------------------------

struct PackOptions {
  int32_t gated;
  int32_t halved;
};

// The column of the matrix that a place in a panel holds; -1 for none.
int64_t columnAt(int64_t panel, int64_t place, int64_t columns, bool gated) {
  if (!gated) {
    const int64_t column = panel * kPanel + place;
    return column < columns ? column : -1;
  }
  const int64_t half = columns / 2, within = panel * kWidth + place % kWidth;
  if (within >= half) return -1;
  return place < kWidth ? within : half + within;
}

void pack(void* options, TF_OpKernelContext* context) {
  Run run(context);
  const Tensor matrix = run.input(0);
  const auto [gated, halved] = *static_cast<PackOptions*>(options);
  const int64_t inner = matrix.dim(0), columns = matrix.dim(1);
  const bool right = columns > 0 && inner > 0 && matrix.size() == inner * columns &&
                     (!gated || columns % 2 == 0);
  if (!run.check(right, "KitPack: the matrix can't be laid out")) return;
  const int64_t panels = panelsOf(columns), words = (inner + 1) / 2;
  const Tensor out = halved ? run.output(0, {panels, words, kPanel}, TF_INT32)
                            : run.output(0, {panels, inner, kPanel});
  const float* from = matrix.data<float>();
  for (int64_t panel = 0; panel < panels; panel++) {
    for (int64_t i = 0; i < (halved ? 2 * words : inner); i++) {
      for (int64_t place = 0; place < kPanel; place++) {
        const int64_t column = columnAt(panel, place, columns, gated);
        const float x = column < 0 || i >= inner ? 0 : from[i * columns + column];
        if (halved) {
          const int64_t word = (panel * words + i / 2) * kPanel + place;
          out.data<uint16_t>()[2 * word + i % 2] = half(x);
        } else {
          out.data<float>()[(panel * inner + i) * kPanel + place] = x;
        }
      }
    }
  }
}

void* makePack(TF_OpKernelConstruction* construction) {
  return new PackOptions{integer(construction, "gated"), integer(construction, "halved")};
}

void deletePack(void* options) { delete static_cast<PackOptions*>(options); }

void noShapes(TF_ShapeInferenceContext*, TF_Status*) {}

const bool packKnown = add({"KitPack",
                            {"matrix: float"},
                            {"packed: T"},
                            {"T: {float, int32}", "gated: int", "halved: int"},
                            noShapes,
                            makePack,
                            pack,
                            deletePack});

// ---- KitLinear -----------------------------------------------------------------------------------

struct Shape {
  int64_t rows, inner, columns, panels;
};

KIT_INLINE Floats gate(Floats a, Floats b) {
  const Floats most = all(80.0f), negated = -a > most ? most : -a;
  return a / (exponential(negated) + 1.0f) * b;
}

// Writes as many columns of a vector as there are.
KIT_INLINE void write(Floats x, const float* residual, float* to, int64_t columns) {
  if (columns >= kWidth) {
    store(to, residual == nullptr ? x : x + load(residual));
  } else {
    float some[kWidth];
    store(some, x);
    for (int64_t i = 0; i < columns; i++) to[i] = some[i] + (residual == nullptr ? 0 : residual[i]);
  }
}

struct Columns {
  int64_t first, all;
  bool gated;
};

KIT_INLINE void writeRow(Floats left, Floats right, const float* residual, float* out,
                         const Columns& columns, int64_t row) {
  const int64_t offset = row * columns.all + columns.first, count = columns.all - columns.first;
  const float* added = residual == nullptr ? nullptr : residual + offset;
  write(columns.gated ? gate(left, right) : left, added, out + offset, count);
  if (!columns.gated && count > kWidth)
    write(right, added == nullptr ? nullptr : added + kWidth, out + offset + kWidth,
          count - kWidth);
}

// Some rows times a panel, of numbers or pairs of them. Indices of the totals are constants to the
// compiler, or they would not stay in registers.
template <class T, int... l>
KIT_INLINE void multiplyRows(const T* rows, const T* panel, int64_t inner, const Columns& columns,
                             const float* residual, float* out, std::integer_sequence<int, l...>) {
  Floats left[sizeof...(l)] = {}, right[sizeof...(l)] = {};
  for (int64_t i = 0; i < inner; i++, panel += kPanel, rows++) {
    ((left[l] = accumulate(left[l], panel, rows[l * inner]),
      right[l] = accumulate(right[l], panel + kWidth, rows[l * inner])),
     ...);
  }
  (writeRow(left[l], right[l], residual, out, columns, l), ...);
}

// Panel by panel, so that one is read from memory once.
template <class T>
KIT_INLINE void multiplyAll(const T* x, const T* panels, int64_t inner, const Shape& shape, bool gated,
                            const float* residual, float* out) {
  for (int64_t at = 0; at < shape.panels; at++) {
    const Columns columns{at * (gated ? kWidth : kPanel), shape.columns, gated};
    const T* panel = panels + at * inner * kPanel;
    const auto rowsFrom = [&](int64_t row, auto sequence) {
      const int64_t offset = row * shape.columns;
      multiplyRows(x + row * inner, panel, inner, columns,
                   residual == nullptr ? nullptr : residual + offset, out + offset, sequence);
    };
    int64_t row = 0;
    for (; row + kRows <= shape.rows; row += kRows)
      rowsFrom(row, std::make_integer_sequence<int, kRows>());
    for (; row + 4 <= shape.rows; row += 4) rowsFrom(row, std::make_integer_sequence<int, 4>());
    for (; row < shape.rows; row++) rowsFrom(row, std::make_integer_sequence<int, 1>());
  }
}

void multiplyFloats(const float* x, const float* panels, const Shape& shape, bool gated,
                    const float* residual, float* out) {
  multiplyAll(x, panels, shape.inner, shape, gated, residual, out);
}

void multiplyHalves(const float* x, const uint32_t* panels, const Shape& shape, bool gated,
                    const float* residual, float* out) {
  const int64_t words = (shape.inner + 1) / 2;
  std::vector<uint32_t> pairs(shape.rows * words);
  for (int64_t row = 0; row < shape.rows; row++)
    pair(x + row * shape.inner, pairs.data() + row * words, shape.inner);
  multiplyAll(pairs.data(), panels, words, shape, gated, residual, out);
}

// Root-mean-square norm of each row.
void normalise(const float* x, const float* gain, float epsilon, const Shape& shape, float* y) {
  const int64_t dim = shape.inner, whole = dim - dim % kWidth;
  for (int64_t row = 0; row < shape.rows; row++, x += dim, y += dim) {
    Floats squares = {};
    for (int64_t i = 0; i < whole; i += kWidth) squares += load(x + i) * load(x + i);
    float total = sum(squares);
    for (int64_t i = whole; i < dim; i++) total += x[i] * x[i];
    const float scale = 1 / std::sqrt(total / static_cast<float>(dim) + epsilon);
    for (int64_t i = 0; i < whole; i += kWidth) store(y + i, load(x + i) * scale * load(gain + i));
    for (int64_t i = whole; i < dim; i++) y[i] = x[i] * scale * gain[i];
  }
}

struct LinearOptions {
  int32_t columns;
  int32_t gated;
};

void linear(void* options, TF_OpKernelContext* context) {
  Run run(context);
  const Tensor rows = run.input(0), gain = run.input(1), epsilon = run.input(2);
  const Tensor panels = run.input(3), residual = run.input(4);
  const auto [columns, gated] = *static_cast<LinearOptions*>(options);
  const bool halved = panels.type() == TF_INT32;
  const int64_t inner = rows.dim(-1);
  const Shape shape{inner > 0 ? rows.size() / inner : 0, inner, columns, panels.dim(0)};
  const bool right = inner > 0 && epsilon.size() == 1 && panels.dim(2) == kPanel &&
                     panels.dim(1) == (halved ? (inner + 1) / 2 : inner) &&
                     shape.panels == panelsOf(gated ? 2 * columns : columns) &&
                     (gain.size() == 0 || gain.size() == inner) &&
                     (residual.size() == 0 || residual.size() == shape.rows * columns);
  if (!run.check(right, "KitLinear: shapes do not agree")) return;

  std::vector<float> normed;
  const float* x = rows.data<float>();
  if (gain.size() > 0) {
    normed.resize(shape.rows * inner);
    normalise(x, gain.data<float>(), *epsilon.data<float>(), shape, normed.data());
    x = normed.data();
  }
  const float* added = residual.size() == 0 ? nullptr : residual.data<float>();
  const Tensor out = run.outputWithLast(0, rows, columns);
  if (halved) {
    multiplyHalves(x, panels.data<uint32_t>(), shape, gated, added, out.data<float>());
  } else {
    multiplyFloats(x, panels.data<float>(), shape, gated, added, out.data<float>());
  }
}

void* makeLinear(TF_OpKernelConstruction* construction) {
  return new LinearOptions{integer(construction, "columns"), integer(construction, "gated")};
}

void deleteLinear(void* options) { delete static_cast<LinearOptions*>(options); }

const bool linearKnown =
    add({"KitLinear",
         {"rows: float", "gain: float", "epsilon: float", "panels: T", "residual: float"},
         {"products: float"},
         {"T: {float, int32}", "columns: int >= 1", "gated: int"},
         noShapes,
         makeLinear,
         linear,
         deleteLinear});

}  // namespace
