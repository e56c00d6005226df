#include "support/rocksdb_sync_points.hpp"

#include <cstdlib>
#include <dlfcn.h>
#include <iostream>
#include <utility>

namespace quartz {
namespace {

// The class is exported by builds that have it, and its header is installed by none. A member
// function is called like a function whose first parameter is the object.
using GetInstance = void* (*)();
using SetCallBack = void (*)(void* points, const std::string& name,
                             const std::function<void(void*)>& call);
using EnableProcessing = void (*)(void* points);

template <class Function>
Function exported(const char* symbol) {
  return reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, symbol));
}

GetInstance get_instance() { return exported<GetInstance>("_ZN7rocksdb9SyncPoint11GetInstanceEv"); }

SetCallBack set_call_back() {
  return exported<SetCallBack>(
      "_ZN7rocksdb9SyncPoint11SetCallBackERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"
      "RKSt8functionIFvPvEE");
}

EnableProcessing enable_processing() {
  return exported<EnableProcessing>("_ZN7rocksdb9SyncPoint16EnableProcessingEv");
}

}  // namespace

bool rocksdb_has_sync_points() {
  return get_instance() != nullptr && set_call_back() != nullptr && enable_processing() != nullptr;
}

void at_rocksdb_sync_point(const std::string& name, std::function<void()> what) {
  if (!rocksdb_has_sync_points()) {
    std::cerr << "this RocksDB has no sync points\n";
    std::abort();
  }
  void* const points = get_instance()();
  set_call_back()(points, name, [what = std::move(what)](void*) { what(); });
  enable_processing()(points);
}

}  // namespace quartz
