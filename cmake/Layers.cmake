# The only place where an edge between modules is allowed: left may use right. A change here is a decision page
# (docs/decisions). The list is also the build order, lower layers first.
set(SOUNDHUB_MODULES base dsp domain media blobs mail storage jobs services http api)

set(SOUNDHUB_MAY_USE_base     "")
set(SOUNDHUB_MAY_USE_dsp      "")                                          # freestanding: not even base, not libm
set(SOUNDHUB_MAY_USE_domain   base)
set(SOUNDHUB_MAY_USE_media    base domain)                                 # never libav: that is the child's
set(SOUNDHUB_MAY_USE_blobs    base)
set(SOUNDHUB_MAY_USE_mail     base)
set(SOUNDHUB_MAY_USE_storage  base domain)
set(SOUNDHUB_MAY_USE_jobs     base storage)
set(SOUNDHUB_MAY_USE_services base domain storage blobs media mail)
set(SOUNDHUB_MAY_USE_http     base)
set(SOUNDHUB_MAY_USE_api      base domain services http)                   # never storage, blobs, media, mail

set(SOUNDHUB_MAY_USE_app_soundhub       base dsp domain media blobs mail storage jobs services http api)
set(SOUNDHUB_MAY_USE_app_soundhub-media base dsp media)
