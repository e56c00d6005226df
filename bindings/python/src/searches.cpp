#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <pybind11/stl.h>

#include "bytes.hpp"
#include "vectors.hpp"

namespace py = pybind11;

namespace quartz::python {
namespace {

/// The options of every kind of search, as Python has them.
VectorSearchOptions options_of(std::size_t k, const std::optional<std::string>& filter,
                               std::optional<std::size_t> ef_search, std::optional<double> recall,
                               bool exact, bool with_payload, bool with_vectors) {
  VectorSearchOptions options{.k = k,
                              .ef_search = ef_search,
                              .exact = exact,
                              .with_payload = with_payload,
                              .with_vectors = with_vectors};
  if (filter) options.filter = *filter;
  if (recall) options.recall = *recall;
  return options;
}

FloatRows vectors_of(const VectorHit& hit) {
  const std::size_t dimensions = hit.vectors.empty() ? 0 : hit.vectors.front().size();
  FloatRows rows({hit.vectors.size(), dimensions});
  float* to = rows.mutable_data();
  for (const auto& vector : hit.vectors) to = std::copy(vector.begin(), vector.end(), to);
  return rows;
}

/// Lists of ids, payloads and vectors and an array of scores, `width` for each answer: what an
/// answer has fewer is filled with None and NaN.
py::tuple to_python(const std::vector<std::vector<VectorHit>>& answers, std::size_t width,
                    const VectorSearchOptions& options) {
  py::list ids;
  py::list payloads;
  py::list vectors;
  FloatRows scores({answers.size(), width});
  float* score = scores.mutable_data();
  for (const auto& hits : answers) {
    for (std::size_t i = 0; i < width; ++i) {
      const VectorHit* hit = i < hits.size() ? &hits[i] : nullptr;
      *score++ = hit != nullptr ? hit->score : std::numeric_limits<float>::quiet_NaN();
      ids.append(hit != nullptr ? py::object(text_of(hit->id)) : py::none());
      if (options.with_payload) {
        payloads.append(hit != nullptr ? py::object(text_of(hit->payload)) : py::none());
      }
      if (options.with_vectors)
        vectors.append(hit != nullptr ? py::object(vectors_of(*hit)) : py::none());
    }
  }
  return py::make_tuple(ids, scores, payloads, vectors);
}

/// The query as one run of numbers; `rank` 1 for one, 2 for many.
std::span<const float> query_of(const FloatRows& array, py::ssize_t rank, std::size_t dimensions) {
  if (array.ndim() != rank || array.shape(rank - 1) != static_cast<py::ssize_t>(dimensions)) {
    fail(Errc::invalid_argument,
         "a query of shape " + static_cast<std::string>(py::str(array.attr("shape"))) +
             " does not fit: the collection has " + std::to_string(dimensions) +
             " dimensions, and " +
             (rank == 1 ? "one query is a vector of so many" : "many queries are rows of so many"));
  }
  return {array.data(), static_cast<std::size_t>(array.size())};
}

/// Lambdas without state, as pybind11 takes them, that begin with a collection and options.
template <class Search>
py::tuple one(Collection& self, const VectorSearchOptions& options, Search&& search) {
  std::vector<std::vector<VectorHit>> answers;
  answers.push_back(self.read(search));
  return to_python(answers, answers.front().size(), options);
}

py::dict explain(Collection& self, const py::object& query, const VectorSearchOptions& options) {
  const FloatRows array = float_rows(query, "query");
  const auto numbers = query_of(array, 1, self.usable().config().dimensions);
  const auto told = self.read([&](VectorCollection& all) { return all.explain(numbers, options); });
  py::dict figures;
  figures["plan"] = told.plan;
  figures["reason"] = told.reason;
  figures["ef_search"] = told.ef_search;
  figures["points"] = told.points;
  figures["points_visited"] = told.points_visited;
  figures["points_pending"] = told.points_pending;
  figures["points_compared"] = told.points_compared;
  figures["duration_ns"] = told.duration_ns;
  figures["filter_ns"] = told.filter_ns;
  figures["walk_ns"] = told.walk_ns;
  figures["ranking_ns"] = told.ranking_ns;
  return figures;
}

}  // namespace

void bind_searches(py::class_<Collection, std::shared_ptr<Collection>>& type) {
  using Filter = std::optional<std::string>;
  using Ef = std::optional<std::size_t>;
  using Recall = std::optional<double>;
  type.def("search",
           [](Collection& self, const py::object& query, std::size_t k, Filter filter, Ef ef,
              Recall recall, bool exact, bool payload, bool vectors) {
             const FloatRows array = float_rows(query, "query");
             const auto numbers = query_of(array, 1, self.usable().config().dimensions);
             const auto options = options_of(k, filter, ef, recall, exact, payload, vectors);
             return one(self, options,
                        [&](VectorCollection& all) { return all.search(numbers, options); });
           })
      .def("search_range",
           [](Collection& self, const py::object& query, float score, std::size_t k, Filter filter,
              Ef ef, Recall recall, bool exact, bool payload, bool vectors) {
             const FloatRows array = float_rows(query, "query");
             const auto numbers = query_of(array, 1, self.usable().config().dimensions);
             const auto options = options_of(k, filter, ef, recall, exact, payload, vectors);
             return one(self, options, [&](VectorCollection& all) {
               return all.search_range(numbers, score, options);
             });
           })
      .def("search_by_id",
           [](Collection& self, py::handle id, std::size_t k, Filter filter, Ef ef, Recall recall,
              bool exact, bool payload, bool vectors) -> py::tuple {
             const std::string wanted = bytes_of_text(id, "id");
             const auto options = options_of(k, filter, ef, recall, exact, payload, vectors);
             return one(self, options,
                        [&](VectorCollection& all) -> Result<std::vector<VectorHit>> {
                          auto found = all.search_by_id(wanted, options);
                          if (!found) return std::move(found).error();
                          if (!*found) {
                            return Error(Errc::not_found, "there is no point '" + wanted + "'");
                          }
                          return **std::move(found);
                        });
           })
      .def("search_batch",
           [](Collection& self, const py::object& queries, std::uint32_t threads, std::size_t k,
              Filter filter, Ef ef, Recall recall, bool exact, bool payload, bool vectors) {
             const FloatRows array = float_rows(queries, "queries");
             const auto numbers = query_of(array, 2, self.usable().config().dimensions);
             const auto options = options_of(k, filter, ef, recall, exact, payload, vectors);
             const auto answers = self.read([&](VectorCollection& all) {
               return all.search_batch(numbers, options, threads);
             });
             return to_python(answers, k, options);
           })
      .def("explain",
           [](Collection& self, const py::object& query, std::size_t k, Filter filter, Ef ef,
              Recall recall, bool exact) {
             return explain(self, query, options_of(k, filter, ef, recall, exact, false, false));
           })
      .def("measure_recall", [](Collection& self, std::size_t samples, std::size_t k, Filter filter,
                                Ef ef, Recall recall) {
        const auto options = options_of(k, filter, ef, recall, false, false, false);
        return self.read(
            [&](VectorCollection& all) { return all.measure_recall(options, samples); });
      });
}

}  // namespace quartz::python
