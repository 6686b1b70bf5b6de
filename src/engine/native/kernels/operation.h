// Operations of one's own, by TensorFlow's C API.

#pragma once

#include <tensorflow/c/ops.h>
#include <tensorflow/c/tf_status.h>
#include <tensorflow/c/tf_tensor.h>

#include <cstdint>
#include <initializer_list>
#include <vector>

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

namespace kit {

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
    size_t bytes = TF_DataTypeSize(type);
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
