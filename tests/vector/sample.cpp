#include "vector/sample.hpp"

#include "base/random.hpp"
#include "vector/components.hpp"

namespace quartz::vector {

Sample normal_sample(std::uint64_t seed, std::size_t count, std::size_t dimensions, float mean,
                     float deviation) {
  Random random(seed);
  Sample sample{dimensions, std::vector<float>(count * dimensions)};
  for (float& component : sample.components) {
    // Twelve uniform numbers have a sum of variance 1.
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(random.next() >> 11) * 0x1p-53;
    component = mean + deviation * static_cast<float>(sum);
  }
  return sample;
}

Sample normalised(Sample sample) {
  for (std::size_t i = 0; i < sample.count(); ++i) normalise(sample[i]).value();
  return sample;
}

double exact_distance(Metric metric, std::span<const float> a, std::span<const float> b) {
  double squares = 0;
  double products = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = double{a[i]} - double{b[i]};
    squares += difference * difference;
    products += double{a[i]} * double{b[i]};
  }
  if (metric == Metric::l2) return squares;
  return metric == Metric::dot ? -products : 1 - products;
}

}  // namespace quartz::vector
