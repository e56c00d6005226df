#pragma once

#include <filesystem>
#include <string>

namespace quartz::server {

/// Files of a fresh key and a certificate for it, signed by itself, so that it is its own
/// authority.
struct TestCertificate {
  std::string certificate_file;
  std::string key_file;
};

/// Written into `directory` as NAME.crt and NAME.key; `name` is the subject as well.
TestCertificate make_test_certificate(const std::filesystem::path& directory,
                                      const std::string& name);

}  // namespace quartz::server
