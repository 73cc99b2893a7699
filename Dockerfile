FROM python:3.12-slim

# OpenGL's libraries for drawing, a font for Chinese words in pictures.
COPY packages.txt /tmp/
RUN apt-get update \
 && xargs -a /tmp/packages.txt apt-get install -y --no-install-recommends \
 && rm -rf /var/lib/apt/lists/* /tmp/packages.txt

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

RUN useradd --uid 1000 --create-home studio && install -d -o studio /data
COPY app.py README.md ./
COPY assets assets
COPY models models
COPY studio studio

USER studio
ENV STUDIO_HOME=/data STUDIO_HOST=0.0.0.0 STUDIO_PORT=7860 PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=40s \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['STUDIO_PORT']}/healthz\", timeout=4)"]
CMD ["python", "app.py"]
