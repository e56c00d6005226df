#pragma once

namespace quartz::bench {

/// The program that measures one engine: `quartz_bench_<engine>`. One run of it is one measurement,
/// so that memory, threads and processor time are that engine's alone. `quartz-bench` starts it:
///
///     describe                             a line for each variant: name, version, remark, the
///                                          categories it is made for and those it leaves out,
///                                          between tabs
///     load    --peer P --start S …         fills a directory and closes it
///     measure --peer P --category C …      measures, and writes the result to `--json FILE`
int measure_main(int argc, char** argv);

}  // namespace quartz::bench
