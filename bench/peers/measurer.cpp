// Main of `quartz_bench_<engine>`, the program that measures one engine.
#include "bench/workload/measure_main.hpp"

int main(int argc, char** argv) { return quartz::bench::measure_main(argc, argv); }
