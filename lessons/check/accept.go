package check

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// guid is the fixed text of RFC 6455 §1.3.
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// acceptFor is the right Sec-WebSocket-Accept for a key (RFC 6455 §4.2.2).
func acceptFor(key string) string {
	if key == "" {
		return ""
	}
	sum := sha1.Sum([]byte(key + guid))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// keyOf finds the key in the lines of a request's head.
func keyOf(fields []string) string {
	for _, f := range fields {
		if strings.EqualFold(fieldName(f), "Sec-WebSocket-Key") {
			_, value, _ := strings.Cut(f, ":")
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// acceptMistake names the mistake that led from the key to a wrong accept, by
// making the mistakes that people make. It returns "" for one it does not know.
func acceptMistake(key, got string) string {
	sum := sha1.Sum([]byte(key + guid))
	digits := hex.EncodeToString(sum[:])
	right := base64.StdEncoding.EncodeToString(sum[:])
	decoded, _ := base64.StdEncoding.DecodeString(key)
	long := sha256.Sum256([]byte(key + guid))
	for _, mistake := range []struct{ value, words string }{
		{"", "It is empty."},
		{key, "The key was sent back as it came. It is to be hashed, together with the GUID."},
		{acceptFor("dGhlIHNhbXBsZSBub25jZQ=="), "That is the accept of the RFC's example. Compute it from the key of this request."},
		{hashed(string(decoded) + guid), "The key was decoded from Base64 before it was hashed. It is hashed as it was sent, as text."},
		{hashed(key), "Only the key was hashed. Append the GUID to it first."},
		{hashed(guid), "Only the GUID was hashed. Put the key before it."},
		{hashed(guid + key), "The GUID was put before the key: it goes behind."},
		{hashed(key + strings.ToLower(guid)), "The GUID was written in small letters: it has capitals."},
		{hashed(key + "\n" + guid), "A line ending stands between the key and the GUID."},
		{hashed(key + " " + guid), "A blank stands between the key and the GUID."},
		{base64.StdEncoding.EncodeToString([]byte(digits)), "The hexadecimal digits of the hash went into Base64. Its 20 bytes belong there."},
		{digits, "These are the hexadecimal digits of the hash. Write its 20 bytes in Base64 instead."},
		{strings.TrimRight(right, "="), "The \"=\" at the end is missing: Base64 is padded here."},
		{base64.URLEncoding.EncodeToString(sum[:]), "That is the Base64 alphabet for URLs. Here it is the standard one, with + and /."},
		{base64.RawURLEncoding.EncodeToString(sum[:]), "That is the Base64 alphabet for URLs, without padding. Here it is the standard one, with + and / and =."},
		{base64.StdEncoding.EncodeToString(long[:]), "That is the SHA-256. Here it is the SHA-1."},
	} {
		if got == mistake.value {
			return mistake.words
		}
	}
	return ""
}

// hashed is the Base64 of the SHA-1 of a text.
func hashed(text string) string {
	sum := sha1.Sum([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}
