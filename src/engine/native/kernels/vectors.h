// Arithmetic on vectors as long as the processor's: longer ones would not stay in its registers.

#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

#define KIT_INLINE inline __attribute__((always_inline))

namespace kit {

#if defined(__AVX512F__)
constexpr int kWidth = 16;
#elif defined(__AVX__)
constexpr int kWidth = 8;
#else
constexpr int kWidth = 4;
#endif

// Rows that a product takes at once: twice as many totals stay in registers, of which some processors
// have 32 and others 16.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int kRows = 8;
#else
constexpr int kRows = 6;
#endif

constexpr int kBytes = 4 * kWidth;
typedef float Floats __attribute__((vector_size(kBytes)));
typedef int32_t Ints __attribute__((vector_size(kBytes)));
typedef uint32_t Words __attribute__((vector_size(kBytes)));

// The same in memory, anywhere.
typedef float FloatsAt __attribute__((vector_size(kBytes), aligned(4), may_alias));
typedef uint32_t WordsAt __attribute__((vector_size(kBytes), aligned(4), may_alias));

// 0, 1, … by which elements of a vector are named.
typedef std::make_integer_sequence<int, kWidth> Lanes;

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

// Pairs of the numbers of a and b, one after the other.
template <int... i>
KIT_INLINE Words paired(Words a, Words b, std::integer_sequence<int, i...>) {
  const Words first = __builtin_shufflevector(a, b, (2 * i)...);
  const Words second = __builtin_shufflevector(a, b, (2 * i + 1)...);
  return (rounded(first) >> 16) | (rounded(second) & 0xffff0000u);
}

// n numbers as pairs, the last with 0 if they are odd in number.
KIT_INLINE void pair(const float* x, uint32_t* pairs, int64_t n) {
  int64_t i = 0;
  for (; i + 2 * kWidth <= n; i += 2 * kWidth) {
    const Words a = load(reinterpret_cast<const uint32_t*>(x + i));
    const Words b = load(reinterpret_cast<const uint32_t*>(x + i + kWidth));
    store(pairs + i / 2, paired(a, b, Lanes()));
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
template <int... i>
KIT_INLINE Floats neighbours(Floats x, std::integer_sequence<int, i...>) {
  return __builtin_shufflevector(x, x, (i ^ 1)...);
}

KIT_INLINE Floats neighbours(Floats x) { return neighbours(x, Lanes()); }

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

template <int by, int... i>
KIT_INLINE Floats turned(Floats x, std::integer_sequence<int, i...>) {
  return __builtin_shufflevector(x, x, ((i + by) % kWidth)...);
}

// By halves, so that few additions wait for each other.
KIT_INLINE float sum(Floats x) {
  if constexpr (kWidth > 8) x += turned<8 % kWidth>(x, Lanes());
  if constexpr (kWidth > 4) x += turned<4 % kWidth>(x, Lanes());
  x += turned<2>(x, Lanes());
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

}  // namespace kit
