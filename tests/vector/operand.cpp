#include "vector/operand.hpp"

#include <bit>
#include <numeric>

#include <gtest/gtest.h>

#include "base/coding.hpp"
#include "vector/float16.hpp"

namespace quartz::vector {
namespace {

std::size_t bytes_of(Form form, std::size_t count) {
  switch (form) {
    case Form::f32:
      return 4 * count;
    case Form::f16:
    case Form::bf16:
      return 2 * count;
    case Form::u8:
      return count;
    case Form::u4:
      return (count + 1) / 2;
  }
  return 0;
}

}  // namespace

Operand::Operand(Form form, std::span<const float> components, std::size_t offset)
    : offset_(offset), block_(offset + bytes_of(form, components.size())) {
  std::byte* to = block_.data() + offset;
  for (const float component : components) {
    switch (form) {
      case Form::f32:
        store(to, std::bit_cast<std::uint32_t>(component));
        values_.push_back(component);
        break;
      case Form::f16:
        store(to, to_float16(component));
        values_.push_back(from_float16(to_float16(component)));
        break;
      case Form::bf16:
        store(to, to_bfloat16(component));
        values_.push_back(from_bfloat16(to_bfloat16(component)));
        break;
      default:
        ADD_FAILURE() << "not a form of floating point";
    }
    to += bytes_of(form, 1);
  }
}

Operand::Operand(Form form, std::span<const std::uint8_t> components, std::size_t offset)
    : offset_(offset), block_(offset + bytes_of(form, components.size())) {
  std::byte* const to = block_.data() + offset;
  for (std::size_t i = 0; i < components.size(); ++i) {
    const auto component = std::byte{components[i]};
    if (form == Form::u8) {
      to[i] = component;
    } else if (i % 2 == 0) {
      to[i / 2] = component | std::byte{0xB0};
    } else {
      to[i / 2] = (to[i / 2] & std::byte{0x0F}) | (component << 4);
    }
    values_.push_back(components[i]);
  }
}

std::vector<float> random_floats(Random& random, std::size_t count, float magnitude) {
  std::vector<float> floats(count);
  for (float& value : floats) {
    value = (static_cast<float>(random.below(1 << 24)) * 0x1p-23F - 1) * magnitude;
  }
  return floats;
}

std::vector<std::uint8_t> random_numbers(Random& random, std::size_t count, unsigned bound) {
  std::vector<std::uint8_t> numbers(count);
  for (std::uint8_t& number : numbers) number = static_cast<std::uint8_t>(random.below(bound));
  return numbers;
}

std::vector<std::size_t> lengths() {
  std::vector<std::size_t> all(131);
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (const std::size_t length : {191u, 192u, 193u, 255u, 256u, 257u, 300u, 384u, 511u, 768u, 784u,
                                   960u, 1023u, 1536u, 2049u, 3072u, 4095u, 4096u, 4101u}) {
    all.push_back(length);
  }
  return all;
}

}  // namespace quartz::vector
