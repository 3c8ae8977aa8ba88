/*
 * The additions of a newer library: a function, and a member of scwkms_async_options. The runner renames
 * scwkms_sign_async() of the present library to present_sign_async(), and links it with this file.
 */
#include <scwkms.h>

#include <stddef.h>
#include <string.h>

int32_t present_sign_async(scwkms_client client, const char *key, uint32_t algorithm, const uint8_t *digest,
                           size_t digest_len, const scwkms_async_options *options, scwkms_operation *operation,
                           scwkms_error **error);

static uint64_t last_added;

uint64_t scwkms_last_added(void) { return last_added; }

/* Options of an older header end before the new member, which then has its default. */
int32_t scwkms_sign_async(scwkms_client client, const char *key, uint32_t algorithm, const uint8_t *digest,
                          size_t digest_len, const scwkms_async_options *options, scwkms_operation *operation,
                          scwkms_error **error) {
  scwkms_async_options present = {0};
  if (options == NULL) {
    return present_sign_async(client, key, algorithm, digest, digest_len, NULL, operation, error);
  }
  last_added = options->size >= sizeof *options ? options->added : 0;
  memcpy(&present, options, offsetof(scwkms_async_options, added));
  if (present.size >= offsetof(scwkms_async_options, added)) {
    present.size = offsetof(scwkms_async_options, added);
  }
  return present_sign_async(client, key, algorithm, digest, digest_len, &present, operation, error);
}
