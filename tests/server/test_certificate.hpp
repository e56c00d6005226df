#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace quartz::server {

/// Files of a fresh key and a certificate for it.
struct TestCertificate {
  std::string certificate_file;
  std::string key_file;
};

/// From when to when a certificate holds, seen from now, and who signs it: without anybody it signs
/// itself, so that it is its own authority.
struct TestCertificateTerms {
  std::chrono::seconds begins{-60};
  std::chrono::seconds ends{3600};
  const TestCertificate* authority = nullptr;
};

/// Written into `directory` as NAME.crt and NAME.key; `name` is the subject as well, unless another
/// one is given.
TestCertificate make_test_certificate(const std::filesystem::path& directory,
                                      const std::string& name,
                                      const TestCertificateTerms& terms = {},
                                      const std::string& subject = {});

}  // namespace quartz::server
