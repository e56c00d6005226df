#include "quartz/vector/quantization.hpp"

namespace quartz {

std::string_view to_string(Quantization quantization) noexcept {
  switch (quantization) {
    case Quantization::none:
      return "none";
    case Quantization::f16:
      return "f16";
    case Quantization::bf16:
      return "bf16";
    case Quantization::sq8:
      return "sq8";
    case Quantization::sq4:
      return "sq4";
    case Quantization::bit1:
      return "bit1";
  }
  return "unknown";
}

}  // namespace quartz
