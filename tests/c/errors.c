/*
 * Runs one operation for each line of standard input, with a new client, and prints its outcome:
 *
 *   OPERATION <tab> CLIENT_URI <tab> KEY     call() has the operations
 *   CODE <tab> HTTP_STATUS <tab> REQUEST_ID <tab> MESSAGE
 *
 * Before each line the runner sets the faults of the service; it checks the code and the message.
 */
#include <scwkms.h>

#include <string.h>

#include "check.h"

static int32_t call(const char *operation, scwkms_client client, const char *key, scwkms_error **error) {
  static const uint8_t bytes[384] = {1};
  scwkms_buffer buffer = {0};
  scwkms_key *info = NULL;
  int32_t code = -1;
  if (strcmp(operation, "public_key") == 0) {
    code = scwkms_public_key(client, key, &buffer, NULL, error);
  } else if (strcmp(operation, "sign") == 0) {
    code = scwkms_sign(client, key, 0, bytes, 32, &buffer, error);
  } else if (strcmp(operation, "sign48") == 0) {
    code = scwkms_sign(client, key, 0, bytes, 48, &buffer, error);
  } else if (strcmp(operation, "decrypt") == 0) {
    code = scwkms_decrypt(client, key, bytes, 256, &buffer, error);
  } else if (strcmp(operation, "create") == 0) {
    code = scwkms_create_key(client, key, 0, 0, &info, error);
  } else if (strcmp(operation, "delete") == 0) {
    code = scwkms_delete_key(client, key, error);
  }
  CHECK(code != -1, "no such operation: %s", operation);
  CHECK(code == SCWKMS_OK || (buffer.data == NULL && info == NULL), "%s wrote an output", operation);
  scwkms_buffer_free(&buffer);
  scwkms_key_free(info);
  return code;
}

static void run(const char *operation, const char *uri, const char *key) {
  scwkms_error *error = NULL;
  scwkms_client client = scwkms_open(uri, &error);
  int32_t code = client == 0 ? scwkms_error_code(error) : call(operation, client, key, &error);
  CHECK(code == scwkms_error_code(error), "%d returned, %d written", (int)code, (int)scwkms_error_code(error));
  CHECK((error != NULL) == (code != SCWKMS_OK), "%d, and %s error", (int)code, error == NULL ? "no" : "an");
  CHECK((error != NULL) == (scwkms_error_message(error)[0] != '\0'), "an error without a message");
  printf("%d\t%d\t%s\t%s\n", (int)code, (int)scwkms_error_http_status(error), scwkms_error_request_id(error),
         scwkms_error_message(error));
  fflush(stdout);
  scwkms_error_free(error);
  scwkms_free(client);
}

int main(void) {
  char line[4096];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *uri = strchr(line, '\t');
    char *key = uri == NULL ? NULL : strchr(uri + 1, '\t');
    if (key == NULL) {
      fprintf(stderr, "a line without two tabs: %s", line);
      return 2;
    }
    *uri++ = '\0';
    *key++ = '\0';
    key[strcspn(key, "\n")] = '\0';
    run(line, uri, key);
  }
  return check_result();
}
