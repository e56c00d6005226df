#include "vector/distance_plain.hpp"

#include "vector/distance_tables.hpp"

namespace quartz::vector {

namespace {

constexpr DistanceKernels kKernels = {
    .instruction_set = InstructionSet::plain,
    .squared_l2_f32 = &plain_float_sum<SquaredDifference, Float32, Float32>,
    .squared_l2_f32_f16 = &plain_float_sum<SquaredDifference, Float32, Float16>,
    .squared_l2_f16 = &plain_float_sum<SquaredDifference, Float16, Float16>,
    .squared_l2_f32_bf16 = &plain_float_sum<SquaredDifference, Float32, BFloat16>,
    .squared_l2_bf16 = &plain_float_sum<SquaredDifference, BFloat16, BFloat16>,
    .squared_l2_u8 = &plain_u8_sum<SquaredDifference>,
    .squared_l2_u4 = &plain_u4_sum<SquaredDifference>,
    .squared_l2_u8_of_4 = &one_by_one<&plain_u8_sum<SquaredDifference>>,
    .dot_f32 = &plain_float_sum<Product, Float32, Float32>,
    .dot_f32_f16 = &plain_float_sum<Product, Float32, Float16>,
    .dot_f16 = &plain_float_sum<Product, Float16, Float16>,
    .dot_f32_bf16 = &plain_float_sum<Product, Float32, BFloat16>,
    .dot_bf16 = &plain_float_sum<Product, BFloat16, BFloat16>,
    .dot_f32_u8 = &plain_float_sum<Product, Float32, Unsigned8>,
    .dot_f32_u4 = &plain_dot_f32_u4,
    .dot_u8 = &plain_u8_sum<Product>,
    .dot_u4 = &plain_u4_sum<Product>,
    .dot_u8_of_4 = &one_by_one<&plain_u8_sum<Product>>,
    .hamming = &plain_hamming,
};

}  // namespace

const DistanceKernels& plain_kernels() noexcept { return kKernels; }

}  // namespace quartz::vector
