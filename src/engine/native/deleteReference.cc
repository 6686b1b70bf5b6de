// Stands in for napi_delete_reference in the binding (`binding.ts` renames its calls).
//
// Tensors share the memory of JavaScript arrays, and the binding drops its reference to an array when
// the last tensor with its memory goes. A graph may be the one that drops it, on a thread of
// TensorFlow's: the first value of a variable goes when an update replaces it. Node's references belong
// to the thread of its environment, and deleting them elsewhere damages the heap. Those references wait
// here until that thread deletes one of its own.

#undef napi_delete_reference
#include <node_api.h>

#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace {

// The library is loaded by the thread that uses it; no other can load TensorFlow.
const std::thread::id owner = std::this_thread::get_id();
std::mutex guard;
std::vector<std::pair<napi_env, napi_ref>> waiting;

}  // namespace

extern "C" napi_status kit_delete_reference(napi_env env, napi_ref reference) {
  if (std::this_thread::get_id() != owner) {
    const std::lock_guard<std::mutex> lock(guard);
    waiting.emplace_back(env, reference);
    return napi_ok;
  }
  std::vector<std::pair<napi_env, napi_ref>> ready;
  {
    const std::lock_guard<std::mutex> lock(guard);
    ready.swap(waiting);
  }
  for (const auto& [its_env, its_reference] : ready) napi_delete_reference(its_env, its_reference);
  return napi_delete_reference(env, reference);
}
