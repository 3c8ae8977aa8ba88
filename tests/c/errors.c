/*
 * Does what each line of standard input says, with a client of its own, and prints how it ended:
 *
 *   OPERATION <tab> CLIENT_URI <tab> KEY     one of see call()
 *   CODE <tab> HTTP_STATUS <tab> REQUEST_ID <tab> MESSAGE
 *
 * The runner sets the service's faults up before each line, and checks the code and the text.
 */
#include <scwkms.h>

#include <string.h>

#include "check.h"

static int32_t call(const char *operation, scwkms_client client, const char *key, scwkms_error *error) {
  static const uint8_t bytes[384] = {1};
  scwkms_buffer buffer = {0};
  scwkms_key info = {0};
  scwkms_key_list list = {0};
  int32_t code = -1;
  if (strcmp(operation, "public_key") == 0) {
    code = scwkms_public_key(client, key, &buffer, NULL, error);
  } else if (strcmp(operation, "sign") == 0) {
    code = scwkms_sign(client, key, 0, bytes, 32, &buffer, error);
  } else if (strcmp(operation, "sign48") == 0) {
    code = scwkms_sign(client, key, 0, bytes, 48, &buffer, error);
  } else if (strcmp(operation, "decrypt") == 0) {
    code = scwkms_decrypt(client, key, bytes, 256, &buffer, error);
  } else if (strcmp(operation, "encrypt") == 0) {
    code = scwkms_encrypt(client, key, bytes, 16, &buffer, error);
  } else if (strcmp(operation, "create") == 0) {
    code = scwkms_create_key(client, key, 0, 0, &info, error);
  } else if (strcmp(operation, "delete") == 0) {
    code = scwkms_delete_key(client, key, error);
  } else if (strcmp(operation, "find") == 0) {
    code = scwkms_find_keys(client, key, &list, error);
  } else if (strcmp(operation, "get") == 0) {
    code = scwkms_get_key(client, key, &info, error);
  }
  CHECK(code != -1, "no such operation: %s", operation);
  CHECK(code == SCWKMS_OK || (buffer.data == NULL && info.id == NULL && list.keys == NULL), "%s wrote", operation);
  scwkms_buffer_free(&buffer);
  scwkms_key_free(&info);
  scwkms_key_list_free(&list);
  return code;
}

int main(void) {
  char line[4096];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *uri = strchr(line, '\t');
    char *key = uri == NULL ? NULL : strchr(uri + 1, '\t');
    if (key == NULL) {
      fprintf(stderr, "not a line of three: %s", line);
      return 2;
    }
    *uri++ = '\0';
    *key++ = '\0';
    key[strcspn(key, "\n")] = '\0';

    scwkms_error error = {0};
    scwkms_client client = scwkms_open(uri, &error);
    int32_t code = client == 0 ? error.code : call(line, client, key, &error);
    CHECK(code == error.code, "%d returned, %d written", (int)code, (int)error.code);
    CHECK((error.message != NULL) == (code != SCWKMS_OK), "%d, but %s", (int)code,
          error.message ? error.message : "no text");
    printf("%d\t%d\t%s\t%s\n", (int)code, (int)error.http_status, error.request_id ? error.request_id : "",
           error.message ? error.message : "");
    fflush(stdout);
    scwkms_error_free(&error);
    scwkms_free(client);
  }
  return check_result();
}
