#pragma once

namespace quartz {

/// 128 bits for products of two 64-bit numbers. An extension of every compiler for 64-bit machines;
/// said here once, so that pedantic warnings stay on everywhere.
__extension__ typedef unsigned __int128 uint128;

}  // namespace quartz
