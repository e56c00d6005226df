#include "server/test_certificate.hpp"

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace quartz::server {
namespace {

void check(bool succeeded, const char* what) {
  if (succeeded) return;
  std::cerr << "cannot make a certificate: " << what << '\n';
  std::abort();
}

template <class Write>
void write_pem(const std::string& path, Write write) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  check(file != nullptr && write(file) == 1 && std::fclose(file) == 0, path.c_str());
}

}  // namespace

TestCertificate make_test_certificate(const std::filesystem::path& directory,
                                      const std::string& name) {
  const std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key(::EVP_EC_gen("P-256"),
                                                                  ::EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&::X509_free)> certificate(::X509_new(), ::X509_free);
  check(key && certificate, "memory");
  ::X509_set_version(certificate.get(), 2);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate.get()), 1);
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), -60);
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), 3600);
  ::X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const subject = ::X509_get_subject_name(certificate.get());
  ::X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  ::X509_set_issuer_name(certificate.get(), subject);
  check(::X509_sign(certificate.get(), key.get(), ::EVP_sha256()) > 0, "signature");

  TestCertificate files{.certificate_file = (directory / (name + ".crt")).string(),
                        .key_file = (directory / (name + ".key")).string()};
  write_pem(files.certificate_file,
            [&](std::FILE* file) { return ::PEM_write_X509(file, certificate.get()); });
  write_pem(files.key_file, [&](std::FILE* file) {
    return ::PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return files;
}

}  // namespace quartz::server
