#pragma once

// Quartz is compiled with hidden visibility: a shared library exports what carries this mark and
// nothing else, so that what users can link against is what the headers promise.
#define QUARTZ_EXPORT __attribute__((visibility("default")))
