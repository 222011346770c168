#include "CDelta.h"

#if defined(__x86_64__) && defined(__linux__) && __has_include(<intel-ipsec-mb.h>)
#include <dlfcn.h>
#include <intel-ipsec-mb.h>
#include <pthread.h>

// Loaded when it is first asked for, so that the program runs where the library is not installed.
static struct {
    IMB_MGR *(*make)(uint64_t);
    void (*open)(IMB_MGR *, IMB_ARCH *);
    void (*free)(IMB_MGR *);
} library;
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static void load(void) {
    void *handle = dlopen("libIPSec_MB.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    unsigned (*version)(void) = (unsigned (*)(void))dlsym(handle, "imb_get_version");
    library.make = (IMB_MGR *(*)(uint64_t))dlsym(handle, "alloc_mb_mgr");
    library.open = (void (*)(IMB_MGR *, IMB_ARCH *))dlsym(handle, "init_mb_mgr_auto");
    library.free = (void (*)(IMB_MGR *))dlsym(handle, "free_mb_mgr");
    // Jobs are laid out as in the header of the same version.
    if (!version || version() != IMB_VERSION_NUM || !library.open || !library.free) library.make = NULL;
}

void *delta_hashes_make(void) {
    pthread_once(&loaded, load);
    IMB_MGR *manager = library.make ? library.make(0) : NULL;
    if (!manager) return NULL;
    IMB_ARCH architecture = IMB_ARCH_NONE;
    library.open(manager, &architecture);
    // Without 512-bit registers it is no faster than one message after the other.
    if (architecture == IMB_ARCH_AVX512) return manager;
    library.free(manager);
    return NULL;
}

void delta_hashes_free(void *hashes) { library.free(hashes); }

int delta_hashes_run(void *hashes, const uint8_t *messages, const uint32_t *ends, size_t count, uint8_t *sums) {
    IMB_MGR *manager = hashes;
    size_t done = 0;
    for (size_t index = 0; index < count; index += 1) {
        uint32_t start = index == 0 ? 0 : ends[index - 1];
        IMB_JOB *job = IMB_GET_NEXT_JOB(manager);
        job->cipher_mode = IMB_CIPHER_NULL;
        job->cipher_direction = IMB_DIR_ENCRYPT;
        job->chain_order = IMB_ORDER_HASH_CIPHER;
        job->hash_alg = IMB_AUTH_SHA_256;
        job->src = messages + start;
        job->hash_start_src_offset_in_bytes = 0;
        job->msg_len_to_hash_in_bytes = ends[index] - start;
        job->auth_tag_output = sums + 32 * index;
        job->auth_tag_output_len_in_bytes = 32;
        job = IMB_SUBMIT_JOB_NOCHECK(manager);
        if (job && job->status == IMB_STATUS_COMPLETED) done += 1;
    }
    for (IMB_JOB *job = IMB_FLUSH_JOB(manager); job; job = IMB_FLUSH_JOB(manager)) {
        if (job->status == IMB_STATUS_COMPLETED) done += 1;
    }
    return done == count;
}
#else
void *delta_hashes_make(void) { return NULL; }

void delta_hashes_free(void *hashes) { (void)hashes; }

int delta_hashes_run(void *hashes, const uint8_t *messages, const uint32_t *ends, size_t count, uint8_t *sums) {
    (void)hashes, (void)messages, (void)ends, (void)count, (void)sums;
    return 0;
}
#endif
