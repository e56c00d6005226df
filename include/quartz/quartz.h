#pragma once

// The C interface of Quartz: storage and vectors, for C and for whatever binds to C.
//
// Handles are opaque. What a function makes, the caller destroys with the `_destroy` function of
// its type, each of which takes NULL; a handle may be destroyed while others made from it are
// alive. Functions that can fail return a `quartz_error`, NULL on success; outputs are then as
// described, and after a failure NULL or zero. No exception leaves a function and no `errno` is
// set.
//
// Texts (names, paths, filters) end with a zero byte and are UTF-8 where it matters; keys, values,
// ids and payloads are arbitrary bytes, `quartz_bytes`. All inputs are copied or used up before a
// function returns.
//
// Threads: an engine, keyspace, snapshot, value or collection may be used by any number at a time;
// batches, cursors, read sets and errors by one. Destroying is nobody's business but the last
// user's.
//
// What operations mean, cost and promise is described with their C++ forms:
// quartz/storage/storage_engine.hpp and quartz/vector/vector_collection.hpp.

#include "quartz/c/error.h"
#include "quartz/c/storage.h"
#include "quartz/c/vectors.h"
