#pragma once

#include <span>
#include <string>

#include "quartz/vector/vector_search.hpp"

namespace quartz::cli {

/// Hits as lines of text: id, score and, if there is one, the payload, with tabs between them. Ids
/// and payloads are escaped, so that a hit is always one line.
std::string hits_as_text(std::span<const VectorHit> hits);
/// How the search was carried out, for people; a line each.
std::string explanation_as_text(const VectorSearchExplanation& explanation);

/// `{"hits":[{"id":…,"score":…,"payload":…}],"explanation":{…}}` with a newline, the explanation
/// only if there is one. An id that is not UTF-8 stands in `id_base64`.
std::string hits_as_json(std::span<const VectorHit> hits,
                         const VectorSearchExplanation* explanation);

}  // namespace quartz::cli
