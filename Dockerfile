# The editor and the command line in a container. Without an argument pip takes the torch of its own index, which
# on Linux is a CUDA build; TORCH_INDEX is the address of an index with another one, for a CPU, say.
#   docker build --build-arg TORCH_INDEX=ADDRESS --tag track-anything .
#   docker run --publish 127.0.0.1:7860:7860 --volume "$PWD:/data" track-anything
#   docker run --volume "$PWD:/data" track-anything track clip.mp4 --click 320,180
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
ARG TORCH_INDEX=""
WORKDIR /source
RUN python -m venv /opt/track-anything
COPY pyproject.toml README.md LICENSE ./
RUN /opt/track-anything/bin/pip install --no-cache-dir ${TORCH_INDEX:+--index-url "${TORCH_INDEX}"} "torch>=2.6,<2.14"
COPY sam ./sam
COPY tracker ./tracker
COPY track_anything ./track_anything
RUN /opt/track-anything/bin/pip install --no-cache-dir .

FROM python:${PYTHON}-slim
COPY --from=build /opt/track-anything /opt/track-anything
ENV PATH=/opt/track-anything/bin:$PATH TRACK_ANYTHING_CACHE=/data/.track-anything/weights
RUN useradd --create-home --uid 1000 editor && mkdir /data && chown editor /data
USER 1000
WORKDIR /data
EXPOSE 7860
ENTRYPOINT ["track-anything"]
CMD ["ui", "--host", "0.0.0.0", "--allow-host", "localhost", "--allow-host", "127.0.0.1", "--root", "/data", "--workspace", "/data/.track-anything/projects"]
