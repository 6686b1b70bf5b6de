// What the kernels share: TensorFlow's C API for operations of one's own, and arithmetic on vectors.

#pragma once

#include <tensorflow/c/ops.h>
#include <tensorflow/c/tf_status.h>
#include <tensorflow/c/tf_tensor.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <type_traits>
#include <vector>
#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

// Of tensorflow/c/kernels.h, which includes headers from beyond the C API.
extern "C" {
struct TF_KernelBuilder;
struct TF_OpKernelConstruction;
struct TF_OpKernelContext;
TF_KernelBuilder* TF_NewKernelBuilder(const char* op_name, const char* device_name,
                                      void* (*create_func)(TF_OpKernelConstruction*),
                                      void (*compute_func)(void*, TF_OpKernelContext*),
                                      void (*delete_func)(void*));
void TF_RegisterKernelBuilder(const char* kernel_name, TF_KernelBuilder* builder,
                              TF_Status* status);
void TF_GetInput(TF_OpKernelContext* context, int i, TF_Tensor** tensor, TF_Status* status);
void TF_SetOutput(TF_OpKernelContext* context, int i, const TF_Tensor* tensor, TF_Status* status);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext* context, int index, TF_DataType dtype,
                             const int64_t* dims, int num_dims, size_t len, TF_Status* status);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction* construction, TF_Status* status);
void TF_OpKernelContext_Failure(TF_OpKernelContext* context, TF_Status* status);
void TF_OpKernelConstruction_GetAttrInt32(TF_OpKernelConstruction* construction,
                                          const char* attr_name, int32_t* value,
                                          TF_Status* status);
}

#define KIT_INLINE inline __attribute__((always_inline))

namespace kit {

// ---- Vectors -------------------------------------------------------------------------------------

constexpr int kWidth = 16;
typedef float Floats __attribute__((vector_size(64)));
typedef int32_t Ints __attribute__((vector_size(64)));
typedef uint32_t Words __attribute__((vector_size(64)));

// The same in memory, anywhere.
typedef float FloatsAt __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint32_t WordsAt __attribute__((vector_size(64), aligned(4), may_alias));

KIT_INLINE Floats load(const float* from) { return *reinterpret_cast<const FloatsAt*>(from); }
KIT_INLINE Words load(const uint32_t* from) { return *reinterpret_cast<const WordsAt*>(from); }
KIT_INLINE void store(float* to, Floats x) { *reinterpret_cast<FloatsAt*>(to) = x; }
KIT_INLINE void store(uint32_t* to, Words x) { *reinterpret_cast<WordsAt*>(to) = x; }
KIT_INLINE Floats all(float x) { return x - Floats{}; }

// bfloat16 is the upper half of a float, rounded to the nearest, ties to even. Two lie in a word, the
// first below.
template <class Word>
KIT_INLINE Word rounded(Word x) {
  return x + 0x7fff + ((x >> 16) & 1);
}

KIT_INLINE uint16_t half(float x) {
  uint32_t word;
  std::memcpy(&word, &x, sizeof word);
  return static_cast<uint16_t>(rounded(word) >> 16);
}

KIT_INLINE float single(uint32_t upper) {
  float x;
  std::memcpy(&x, &upper, sizeof x);
  return x;
}

// n numbers as pairs, the last with 0 if they are odd in number.
KIT_INLINE void pair(const float* x, uint32_t* pairs, int64_t n) {
  int64_t i = 0;
  for (; i + 2 * kWidth <= n; i += 2 * kWidth) {
    const Words a = load(reinterpret_cast<const uint32_t*>(x + i));
    const Words b = load(reinterpret_cast<const uint32_t*>(x + i + kWidth));
    const Words first = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24,
                                                26, 28, 30);
    const Words second = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25,
                                                 27, 29, 31);
    store(pairs + i / 2, (rounded(first) >> 16) | (rounded(second) & 0xffff0000u));
  }
  for (; i + 2 <= n; i += 2)
    pairs[i / 2] = half(x[i]) | static_cast<uint32_t>(half(x[i + 1])) << 16;
  if (i < n) pairs[i / 2] = half(x[i]);
}

// total + table · factor; of pairs, both products are added.
KIT_INLINE Floats accumulate(Floats total, const float* table, float factor) {
  return total + load(table) * factor;
}

KIT_INLINE Floats accumulate(Floats total, const uint32_t* table, uint32_t factor) {
#ifdef __AVX512BF16__
  const __m512i factors = _mm512_set1_epi32(static_cast<int>(factor));
  const __m512i words = _mm512_loadu_si512(table);
  return (Floats)_mm512_dpbf16_ps((__m512)total, (__m512bh)factors, (__m512bh)words);
#else
  const Words words = load(table);
  const Floats first = reinterpret_cast<Floats>(words << 16);
  const Floats second = reinterpret_cast<Floats>(words & 0xffff0000u);
  return total + first * single(factor << 16) + second * single(factor & 0xffff0000u);
#endif
}

KIT_INLINE float accumulate(float total, float table, float factor) { return total + table * factor; }

KIT_INLINE float accumulate(float total, uint32_t table, uint32_t factor) {
  return total + single(table << 16) * single(factor << 16) +
         single(table & 0xffff0000u) * single(factor & 0xffff0000u);
}

// Both of each pair changed for the other.
KIT_INLINE Floats neighbours(Floats x) {
  return __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
}

// e^x for x ≤ 80, to two units in the last place: 2^n times a polynomial in the rest.
KIT_INLINE Floats exponential(Floats x) {
  const Floats least = all(-87.0f);
  x = x < least ? least : x;
  const Floats magic = all(12582912.0f);  // 1.5 · 2^23: adding it rounds to an integer
  const Floats n = (x * 1.44269504f + magic) - magic;
  const Floats r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Floats p = all(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const Ints exponent = (__builtin_convertvector(n, Ints) + 127) << 23;
  return p * reinterpret_cast<Floats>(exponent);
}

// By halves, so that few additions wait for each other.
KIT_INLINE float sum(Floats x) {
  x += __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  x += __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3);
  x += __builtin_shufflevector(x, x, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1);
  return x[0] + x[1];
}

// Of n numbers, a multiple of the width.
KIT_INLINE float greatest(const float* x, int64_t n) {
  Floats most = load(x);
  for (int64_t i = kWidth; i < n; i += kWidth) {
    const Floats next = load(x + i);
    most = next > most ? next : most;
  }
  float largest = most[0];
  for (int i = 1; i < kWidth; i++) largest = most[i] > largest ? most[i] : largest;
  return largest;
}

// y = e^((x - most) · factor) of n numbers, a multiple of the width. Returns their sum.
KIT_INLINE float exponentials(const float* x, float most, float factor, float* y, int64_t n) {
  Floats total = {};
  for (int64_t i = 0; i < n; i += kWidth) {
    const Floats power = exponential((load(x + i) - most) * factor);
    store(y + i, power);
    total += power;
  }
  return sum(total);
}

// Turns scores into what is proportional to their softmax; returns the factor.
KIT_INLINE float exponentiate(float* scores, int64_t n) {
  return 1 / exponentials(scores, greatest(scores, n), 1, scores, n);
}

template <int N>
using Count = std::integral_constant<int, N>;

// Scores of what must not be seen.
constexpr float kHidden = -1e9f;

// ---- TensorFlow ----------------------------------------------------------------------------------

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  operator TF_Status*() const { return status_; }
  bool ok() const { return TF_GetCode(status_) == TF_OK; }

 private:
  TF_Status* status_;
};

class Tensor {
 public:
  explicit Tensor(TF_Tensor* tensor) : tensor_(tensor) {}
  Tensor(const Tensor&) = delete;
  ~Tensor() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  operator TF_Tensor*() const { return tensor_; }
  template <class T>
  T* data() const {
    return static_cast<T*>(TF_TensorData(tensor_));
  }
  int64_t size() const { return TF_TensorElementCount(tensor_); }
  /** From the end if it is negative; -1 if there is no such axis, at which TensorFlow would abort. */
  int64_t dim(int i) const {
    const int rank = TF_NumDims(tensor_), axis = i < 0 ? rank + i : i;
    return axis >= 0 && axis < rank ? TF_Dim(tensor_, axis) : -1;
  }
  TF_DataType type() const { return TF_TensorType(tensor_); }

 private:
  TF_Tensor* tensor_;
};

// One run of an operation.
class Run {
 public:
  explicit Run(TF_OpKernelContext* context) : context_(context) {}

  Tensor input(int i) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, i, &tensor, status_);
    return Tensor(tensor);
  }

  /** Of numbers of four bytes. */
  Tensor output(int i, std::initializer_list<int64_t> shape, TF_DataType type = TF_FLOAT) {
    return allocate(i, shape.begin(), static_cast<int>(shape.size()), type);
  }

  /** Floats of the shape of `like`, but for the last axis. */
  Tensor outputWithLast(int i, const Tensor& like, int64_t last) {
    const int rank = TF_NumDims(like);
    std::vector<int64_t> dims(rank);
    for (int axis = 0; axis < rank; axis++) dims[axis] = axis == rank - 1 ? last : like.dim(axis);
    return allocate(i, dims.data(), rank, TF_FLOAT);
  }

  /** Hands an input on, which may have been written to. */
  void passOn(int i, const Tensor& tensor) { TF_SetOutput(context_, i, tensor, status_); }

  /** Whether `right`, which the caller has made sure of; else the operation fails with `complaint`. */
  bool check(bool right, const char* complaint) {
    if (right) return true;
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, complaint);
    TF_OpKernelContext_Failure(context_, status_);
    return false;
  }

 private:
  Tensor allocate(int i, const int64_t* shape, int rank, TF_DataType type) {
    size_t bytes = sizeof(float);
    for (int axis = 0; axis < rank; axis++) bytes *= static_cast<size_t>(shape[axis]);
    return Tensor(TF_AllocateOutput(context_, i, type, shape, rank, bytes, status_));
  }

  TF_OpKernelContext* context_;
  Status status_;
};

// An attribute that an operation is made with.
inline int32_t integer(TF_OpKernelConstruction* construction, const char* name) {
  Status status;
  int32_t value = 0;
  TF_OpKernelConstruction_GetAttrInt32(construction, name, &value, status);
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status);
  return value;
}

struct Operation {
  const char* name;
  std::initializer_list<const char*> inputs;
  std::initializer_list<const char*> outputs;
  std::initializer_list<const char*> attributes;
  void (*shapes)(TF_ShapeInferenceContext*, TF_Status*);
  void* (*make)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*unmake)(void*);
};

// Output `output` has the shape of input `input`.
inline void sameShape(TF_ShapeInferenceContext* context, int output, int input, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, input, shape, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_ShapeInferenceContextSetOutput(context, output, shape, status);
  }
  TF_DeleteShapeHandle(shape);
}

// Makes an operation known to TensorFlow, for processors only.
inline bool add(const Operation& operation) {
  Status status;
  auto* definition = TF_NewOpDefinitionBuilder(operation.name);
  for (const char* spec : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, spec);
  for (const char* spec : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, spec);
  for (const char* spec : operation.attributes) TF_OpDefinitionBuilderAddAttr(definition, spec);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, operation.shapes);
  TF_RegisterOpDefinition(definition, status);
  if (!status.ok()) return false;
  auto* kernel = TF_NewKernelBuilder(operation.name, "CPU", operation.make, operation.compute,
                                     operation.unmake);
  TF_RegisterKernelBuilder(operation.name, kernel, status);
  return status.ok();
}

}  // namespace kit
