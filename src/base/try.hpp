#pragma once

#include <utility>

#include "quartz/result.hpp"

/// Returns the error of `expression` (a Result of any type) from the enclosing function, if it has
/// one; drops its value otherwise.
#define QUARTZ_TRY(expression)                             \
  do {                                                     \
    if (auto quartz_result = (expression); !quartz_result) \
      return std::move(quartz_result).error();             \
  } while (false)

#define QUARTZ_TRY_JOIN_(a, b) a##b
#define QUARTZ_TRY_NAME_(line) QUARTZ_TRY_JOIN_(quartz_result_, line)

/// `QUARTZ_ASSIGN(auto file, open(path));` declares or assigns from a Result's value, or returns
/// its error from the enclosing function.
#define QUARTZ_ASSIGN(target, expression)                                                \
  auto QUARTZ_TRY_NAME_(__LINE__) = (expression);                                        \
  if (!QUARTZ_TRY_NAME_(__LINE__)) return std::move(QUARTZ_TRY_NAME_(__LINE__)).error(); \
  target = *std::move(QUARTZ_TRY_NAME_(__LINE__))
