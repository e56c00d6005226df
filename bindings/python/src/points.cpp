#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "bytes.hpp"
#include "vectors.hpp"

namespace py = pybind11;

namespace quartz::python {
namespace {

std::string shape_of(const py::array& array) {
  return static_cast<std::string>(py::str(array.attr("shape")));
}

}  // namespace

FloatRows float_rows(const py::object& array, const char* what) {
  constexpr int kAligned = 0x0100;  // NPY_ARRAY_ALIGNED
  if (FloatRows::check_(array)) {
    auto rows = py::reinterpret_borrow<FloatRows>(array);
    if ((rows.flags() & kAligned) != 0) return rows;
  }
  const py::array any = py::array::ensure(array);
  if (!any) throw py::type_error(std::string(what) + " must be an array of real numbers");
  const char kind = any.dtype().kind();
  if (kind != 'f' && kind != 'i' && kind != 'u') {
    throw py::type_error(std::string(what) + " must be an array of real numbers, not of " +
                         static_cast<std::string>(py::str(any.dtype())));
  }
  const auto numpy = py::module_::import("numpy");
  return numpy.attr("require")(any, numpy.attr("float32"), "CA").cast<FloatRows>();
}

PointArguments::PointArguments(const py::list& given_ids, const py::object& vectors,
                               const py::object& given_payloads, std::size_t dimensions)
    : array(float_rows(vectors, "vectors")), numbers_(array.data()), dimensions_(dimensions) {
  ids.reserve(given_ids.size());
  for (const py::handle id : given_ids) ids.push_back(bytes_of_text(id, "an id"));
  const auto rank = array.ndim();
  const bool fits = (rank == 2 || rank == 3) &&
                    array.shape(0) == static_cast<py::ssize_t>(ids.size()) &&
                    array.shape(rank - 1) == static_cast<py::ssize_t>(dimensions);
  if (!fits) {
    fail(Errc::invalid_argument, "vectors of shape " + shape_of(array) + " do not fit " +
                                     std::to_string(ids.size()) + " ids and a collection of " +
                                     std::to_string(dimensions) + " dimensions");
  }
  if (rank == 3) vectors_of_each_ = static_cast<std::size_t>(array.shape(1));
  if (given_payloads.is_none()) return;
  for (const py::handle payload : given_payloads) {
    payloads.push_back(payload.is_none() ? std::string() : bytes_of_text(payload, "a payload"));
  }
  if (payloads.size() != ids.size()) {
    fail(Errc::invalid_argument, std::to_string(payloads.size()) + " payloads do not fit " +
                                     std::to_string(ids.size()) + " ids");
  }
}

void PointArguments::add(const VectorCollection& collection, std::size_t index,
                         WriteBatch& batch) const {
  const std::string_view payload = payloads.empty() ? std::string_view() : payloads[index];
  const float* first = numbers_ + index * vectors_of_each_ * dimensions_;
  if (vectors_of_each_ == 1) {
    return collection.add_upsert(batch, ids[index], std::span(first, dimensions_), payload);
  }
  VectorPoint point{.id = ids[index], .vectors = {}, .payload = std::string(payload)};
  for (std::size_t i = 0; i < vectors_of_each_; ++i, first += dimensions_) {
    point.vectors.emplace_back(first, first + dimensions_);
  }
  collection.add_upsert(batch, point);
}

}  // namespace quartz::python
