// The reading side. What it is given may come from an enemy: any octets, any structure.
#include "encryptor/openssl.hpp"
#include "encryptor/smime.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <cctype>

namespace encryptor {
namespace {

struct entity_parts {
    std::string header; ///< unfolded, each line ends with CRLF
    std::string_view body;
};

entity_parts split(std::string_view entity)
{
    const std::size_t end = entity.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        throw smime_error("a part of the mail has no end of its header");
    }
    entity_parts parts{{}, entity.substr(end + 4)};
    std::string_view block = entity.substr(0, end + 2);
    while (!block.empty()) {
        const std::size_t line_end = block.find("\r\n");
        const bool folded = line_end + 2 < block.size() &&
                            (block[line_end + 2] == ' ' || block[line_end + 2] == '\t');
        parts.header.append(block.substr(0, folded ? line_end : line_end + 2));
        block.remove_prefix(line_end + 2);
    }
    return parts;
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(c < 0x80 ? std::tolower(c) : c);
    });
    return text;
}

/// The value of Content-Type as written; empty: none.
std::string content_type(const entity_parts& parts)
{
    const std::string name = "\r\ncontent-type:";
    const std::string header = "\r\n" + parts.header;
    const std::size_t at = lower(header).find(name);
    if (at == std::string::npos) {
        return {};
    }
    const std::size_t start = header.find_first_not_of(" \t", at + name.size());
    return header.substr(start, header.find("\r\n", start) - start);
}

bool has_media_type(const entity_parts& parts, std::string_view wanted)
{
    const std::string type = lower(content_type(parts));
    return type.starts_with(wanted) && (type.size() == wanted.size() ||
                                        type.find_first_of("; \t", wanted.size()) == wanted.size());
}

std::string boundary_of(const entity_parts& parts)
{
    const std::string type = content_type(parts);
    const std::string name = "boundary=";
    std::size_t at = lower(type).find(name);
    if (at == std::string::npos) {
        throw smime_error("the signed part names no boundary");
    }
    at += name.size();
    const bool quoted = at < type.size() && type[at] == '"';
    at += quoted ? 1 : 0;
    const std::size_t end = type.find_first_of(quoted ? "\"" : "; \t", at);
    std::string boundary = type.substr(at, end == std::string::npos ? end : end - at);
    if (boundary.empty()) {
        throw smime_error("the signed part names no boundary");
    }
    return boundary;
}

struct signed_parts {
    std::string_view entity;
    std::string_view signature;
};

/// RFC 1847: exactly two parts, the second being the signature.
signed_parts split_signed(std::string_view body, const std::string& boundary)
{
    const std::string first = "--" + boundary + "\r\n";
    const std::string between = "\r\n--" + boundary + "\r\n";
    const std::string last = "\r\n--" + boundary + "--";
    const std::size_t start = body.find(first);
    if (start == std::string_view::npos || (start > 0 && body[start - 1] != '\n')) {
        throw smime_error("the signed part has no first part");
    }
    const std::size_t entity = start + first.size();
    // An empty entity shares its line end with the delimiter before it.
    const std::size_t middle = body.find(between, entity);
    const std::size_t end =
        middle == std::string_view::npos ? middle : body.find(last, middle + between.size());
    if (end == std::string_view::npos) {
        throw smime_error("the signed part does not have its two parts");
    }
    const std::size_t signature = middle + between.size();
    return {body.substr(entity, middle - entity), body.substr(signature, end - signature)};
}

openssl::cms decode(std::string_view base64, const char* what)
{
    std::string der(base64.size() / 4 * 3 + 4, '\0');
    const std::unique_ptr<EVP_ENCODE_CTX, openssl::deleter<EVP_ENCODE_CTX_free>> context{
        EVP_ENCODE_CTX_new()};
    EVP_DecodeInit(context.get());
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    int size = 0;
    int rest = 0;
    const openssl::bio bounds_checked = openssl::reader(base64);
    if (EVP_DecodeUpdate(
            context.get(),
            out,
            &size,
            reinterpret_cast<const unsigned char*>(base64.data()),
            static_cast<int>(base64.size())) < 0 ||
        EVP_DecodeFinal(context.get(), out + size, &rest) != 1) {
        openssl::fail(std::string(what) + " is not base64");
    }
    der.resize(static_cast<std::size_t>(size) + static_cast<std::size_t>(rest));
    const openssl::bio source = openssl::reader(der);
    openssl::cms cms{d2i_CMS_bio(source.get(), nullptr)};
    if (!cms) {
        openssl::fail(std::string(what) + " is not a CMS structure");
    }
    return cms;
}

std::string decrypt(
    std::string_view entity, const std::string& certificate_pem, const std::string& key_pem)
{
    const entity_parts parts = split(entity);
    if (!has_media_type(parts, "application/pkcs7-mime") &&
        !has_media_type(parts, "application/x-pkcs7-mime")) {
        throw smime_error("the mail is not encrypted with S/MIME");
    }
    const auto own = openssl::read_certificates(certificate_pem, "the reader's certificate");
    const auto key = openssl::read_private_key(key_pem, "the reader's key");
    const openssl::cms cms = decode(parts.body, "the encrypted mail");
    const openssl::bio plain{BIO_new(BIO_s_mem())};
    if (CMS_decrypt(cms.get(), key.get(), own.front().get(), nullptr, plain.get(), CMS_BINARY) !=
        1) {
        openssl::fail("the mail cannot be decrypted with this key");
    }
    return openssl::written(plain.get());
}

openssl::certificate_store trusting(const std::string& authority_pem)
{
    openssl::certificate_store store{X509_STORE_new()};
    for (const auto& authority : openssl::read_certificates(authority_pem, "the authority")) {
        X509_STORE_add_cert(store.get(), authority.get());
    }
    X509_STORE_set_purpose(store.get(), X509_PURPOSE_SMIME_SIGN);
    return store;
}

/// Address of the one signer; throws unless signature and chain are good.
std::string verify(const signed_parts& parts, const std::string& authority_pem)
{
    const openssl::certificate_store store = trusting(authority_pem);
    const openssl::cms cms = decode(split(parts.signature).body, "the signature");
    const openssl::bio content = openssl::reader(parts.entity);
    if (OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed ||
        CMS_verify(cms.get(), nullptr, store.get(), content.get(), nullptr, CMS_BINARY) != 1) {
        openssl::fail("the signature is not good");
    }
    const std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * all) { sk_X509_free(all); })>
        signers{CMS_get0_signers(cms.get())};
    if (sk_X509_num(signers.get()) != 1) {
        throw smime_error("the mail has not exactly one signer");
    }
    std::string address = openssl::mail_address(sk_X509_value(signers.get(), 0));
    if (address.empty()) {
        throw smime_error("the signer's certificate names no mail address (rfc822Name)");
    }
    return address;
}

} // namespace

opened_mail open_smime(
    std::string_view entity,
    const std::string& certificate_pem,
    const std::string& key_pem,
    const std::string& authority_pem)
{
    ERR_clear_error();
    const std::string plain = decrypt(entity, certificate_pem, key_pem);
    const entity_parts outer = split(plain);
    if (!has_media_type(outer, "multipart/signed")) {
        throw smime_error("the decrypted mail is not signed");
    }
    const signed_parts parts = split_signed(outer.body, boundary_of(outer));
    std::string signer = verify(parts, authority_pem);
    return {std::string(parts.entity), std::move(signer)};
}

} // namespace encryptor
