#pragma once

#include <string>
#include <string_view>

namespace quartz::bench {

/// The style sheet of every plot, for white pages and, where the reader prefers them, dark ones.
/// Colours are Okabe and Ito's, which people with any kind of colour vision can tell apart, made
/// lighter or darker for the page where they need it.
std::string plot_style();

/// The class of the style sheet that has the engine's colour. The same in every plot; variants of
/// an engine share it unless they have one of their own, and an engine that is not known is grey.
std::string_view colour_class(std::string_view engine);

/// `text` as character data or attribute value of XML 1.0, which has no control characters.
std::string xml_escaped(std::string_view text);

}  // namespace quartz::bench
